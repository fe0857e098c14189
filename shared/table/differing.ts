import { isDeepStrictEqual } from "node:util";

/**
 * Of the members that something stored shall have, those that it hasn't yet; undefined where it shall have none. What
 * is not stored is as `unsaid` says, by which it is shown.
 */
export function differing<Wanted extends object>(
  wanted: Wanted,
  stored: object,
  unsaid: object = {},
): Partial<Wanted> {
  const [is, or] = [stored, unsaid] as Readonly<Record<string, unknown>>[];
  const others = Object.entries(wanted).filter(
    ([name, value]) => !isDeepStrictEqual(value ?? or?.[name], is?.[name] ?? or?.[name]),
  );
  return Object.fromEntries(others) as Partial<Wanted>;
}
