import { createHash, randomBytes } from "node:crypto";
import { ulid } from "ulid";
import type { IdPrefix } from "../domain/ids.ts";

/**
 * The chance of one identifier, drawn at once, though ulid asks for it character by character. Node.js' own: ulid would
 * look for the web's crypto first, which costs a cold start 6 ms.
 */
function chance(): () => number {
  const bytes = randomBytes(16)[Symbol.iterator]();
  return () => Number(bytes.next().value) / 256;
}

/** A new identifier, `prefix_ULID`: it sorts by `now` (milliseconds since the epoch). */
export function newId(prefix: Exclude<IdPrefix, "mem">, now: number): string {
  return `${prefix}_${ulid(now, chance())}`;
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * The identifier of a membership, in the form of a ULID. It follows from business and user, so that both sides of a
 * membership bear the same one, and a membership that is reactivated its former one, without reading it before.
 */
export function memberId(businessId: string, userId: string): string {
  const digest = createHash("sha256").update(`${businessId}\n${userId}`).digest();
  return `mem_0${[...digest.subarray(0, 25)].map((byte) => crockford[byte % 32]).join("")}`;
}
