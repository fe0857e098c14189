import { ulid } from "ulid";

/** Prefixes of identifiers: a user, a business, a membership, an audit event. */
export type IdPrefix = "usr" | "biz" | "mem" | "evt";

/** A new identifier, `prefix_ULID`: it sorts by `now` (milliseconds since the epoch). */
export function newId(prefix: IdPrefix, now: number): string {
  return `${prefix}_${ulid(now)}`;
}
