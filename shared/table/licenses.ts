import type { Write } from "./commit.ts";
import { key } from "./schema.ts";

/** The ledger of a business's licenses. Every active member holds one. */
export interface LicensesItem {
  readonly seats: number;
  readonly openInvitations: number;
  /** Raised by every change of who holds a license, transfers included. */
  readonly revision: number;
  /** Raised by every change of how many licenses are held. */
  readonly desiredVersion: number;
}

/** The write that takes licenses (a positive number), gives some back (a negative one) or passes one on (0). */
export function changeSeats(businessId: string, seats: number): Write {
  return {
    update: key.licenses(businessId),
    add: { revision: 1, ...(seats !== 0 && { seats, desiredVersion: 1 }) },
    when: "exists",
  };
}
