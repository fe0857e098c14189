/** The ledger of a business's licenses. Every active member holds one. */
export interface LicensesItem {
  readonly seats: number;
  readonly openInvitations: number;
  /** Raised by every change of who holds a license, transfers included. */
  readonly revision: number;
  /** Raised by every change of how many licenses are held. */
  readonly desiredVersion: number;
}
