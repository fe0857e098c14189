import { LicenseLimitReached } from "../domain/failures.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { Write } from "./commit.ts";
import { duePartition, shardOf } from "./due.ts";
import { key } from "./schema.ts";

/** The ledger of a business's licenses, as stored. */
export type LicensesItem = Ledger;

/** Licenses to take (positive) or give back (negative), and how many of them are of open invitations. */
export interface SeatChange {
  readonly seats?: number;
  readonly openInvitations?: number;
}

/**
 * The write that takes licenses, where the business's limit allows it (one, unless `limit` says it otherwise), gives some back, or passes one on (no change
 * in seats). It makes the ledger due: an index holds an item only where it has both of its keys, and the ledger has
 * a `gsi2sk` (of some moment in the past) only while there is something to bill. So no change has to read it before.
 */
export function changeSeats(
  businessId: string,
  { seats = 0, openInvitations = 0 }: SeatChange,
  limit: Pick<Write, "when" | "orElse"> = seats > 0
    ? { when: { seats: { belowLimit: "seatLimit" } }, orElse: LicenseLimitReached }
    : { when: "exists" },
): Write {
  return {
    update: key.licenses(businessId),
    add: {
      revision: 1,
      ...(seats !== 0 && { seats, desiredVersion: 1 }),
      ...(openInvitations !== 0 && { openInvitations }),
    },
    ...(seats !== 0 && { set: { gsi2pk: duePartition("LICENSES", shardOf(businessId)) } }),
    ...limit,
  };
}
