/** Stripe's way of writing objects as forms: `items[0][price]=price_1`, for bodies and queries. */

export type Form = { [name: string]: string | Form | Form[] | string[] };

export function readForm(text: string): Form {
  const read: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [...name.matchAll(/[^[\]]+/g)].map(([part]) => part);
    let place: Record<string, unknown> = read;
    for (const part of path.slice(0, -1)) {
      const inner = Object.hasOwn(place, part) ? place[part] : undefined;
      place[part] = typeof inner === "object" ? inner : {};
      place = place[part] as Record<string, unknown>;
    }
    place[path.at(-1) ?? ""] = value;
  }
  return withArrays(read) as Form;
}

/** The form of an object. Null is empty, by which Stripe takes a value back. */
export function writeForm(params: object): string {
  const fields = (value: unknown, name: string): [string, string][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([inner, each]) => fields(each, name ? `${name}[${inner}]` : inner))
      : [[name, value === null ? "" : String(value)]];
  return new URLSearchParams(fields(params, "")).toString();
}

/** An object whose names are all numbers is an array. */
function withArrays(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, withArrays(inner)] as const);
  const isArray = entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name));
  return isArray ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** The paths of all values: `items.*.price`. */
export function pathsOf(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== "object" || value === null) return [path.join(".")];
  return Object.entries(value).flatMap(([name, inner]) =>
    pathsOf(inner, [...path, Array.isArray(value) ? "*" : name]),
  );
}
