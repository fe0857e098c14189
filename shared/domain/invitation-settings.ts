/** How long invitations live, and how many there may be: each can be set for a deployment. */
export interface InvitationSettings {
  /** Days that an invitation lives where it doesn't say otherwise: 1 to 30. */
  readonly lifeDays: number;
  /** Days before its expiry that an invitation is reminded of, once; 0 for never. */
  readonly reminderDays: number;
  /** Seconds between two sends of an invitation that people ask for. */
  readonly resendCooldown: number;
  readonly resendsPerDay: number;
  /** How many a member may invite in 10 minutes, by single calls. */
  readonly perInviter: number;
  /** The same where a bulk call is among them. */
  readonly perInviterInBulk: number;
  readonly perBusinessAndDay: number;
  /** How many a business may have open at once. */
  readonly open: number;
  /** The same in the first hour of the business. */
  readonly openInFirstHour: number;
}

export const defaultInvitationSettings: InvitationSettings = {
  lifeDays: 7,
  reminderDays: 2,
  resendCooldown: 60,
  resendsPerDay: 5,
  perInviter: 30,
  perInviterInBulk: 100,
  perBusinessAndDay: 100,
  open: 200,
  openInFirstHour: 20,
};
