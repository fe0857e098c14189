import type { Write } from "./commit.ts";
import { key } from "./schema.ts";

/** The ledger of a business's licenses. Every active member and every open invitation holds one. */
export interface LicensesItem {
  readonly seats: number;
  readonly openInvitations: number;
  /** Raised by every change of who holds a license, transfers included. */
  readonly revision: number;
  /** Raised by every change of how many licenses are held. */
  readonly desiredVersion: number;
}

/** Licenses to take (positive) or give back (negative), and how many of them are of open invitations. */
export interface SeatChange {
  readonly seats?: number;
  readonly openInvitations?: number;
}

/** The write that takes licenses, gives some back, or passes one on (no change in seats). */
export function changeSeats(
  businessId: string,
  { seats = 0, openInvitations = 0 }: SeatChange,
  limit: Pick<Write, "when" | "orElse"> = { when: "exists" },
): Write {
  return {
    update: key.licenses(businessId),
    add: {
      revision: 1,
      ...(seats !== 0 && { seats, desiredVersion: 1 }),
      ...(openInvitations !== 0 && { openInvitations }),
    },
    ...limit,
  };
}
