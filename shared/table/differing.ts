import { isDeepStrictEqual } from "node:util";

/** Of the members that something stored shall have, those that it hasn't yet; undefined where it shall have none. */
export function differing<Wanted extends object>(wanted: Wanted, stored: object): Partial<Wanted> {
  const is = stored as Readonly<Record<string, unknown>>;
  const others = Object.entries(wanted).filter(([name, value]) => !isDeepStrictEqual(value, is[name]));
  return Object.fromEntries(others) as Partial<Wanted>;
}
