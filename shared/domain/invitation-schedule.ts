import type { InvitationState } from "./invitations.ts";

/** When an open invitation needs attention next, and which. Times are milliseconds since the epoch. */

const aMinute = 60 * 1_000;
const aDay = 24 * 60 * aMinute;

/** A send that was claimed and not recorded has died: its invitation is due again after so long. */
export const claimedFor = 2 * aMinute;

/** A mail is tried so often. */
export const mostTries = 3;

/** Between the tries, so that SES may be down for an hour: 5 minutes, then 65. */
const pauses = [5 * aMinute, 65 * aMinute] as const;
const pauseWhenThrottled = aMinute;

interface Lifetime {
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly remindedAt?: number | undefined;
}

export interface Schedule extends Lifetime {
  readonly state: InvitationState;
  /** The mail that is owed, until SES has taken it, and how often it was tried. */
  readonly owed?: "invitation" | "reminder" | undefined;
  readonly tries: number;
}

/** When an open invitation is reminded of; undefined where never. */
export function remindAt(
  { openedAt, expiresAt, remindedAt }: Lifetime,
  reminderDays: number,
): number | undefined {
  const at = expiresAt - reminderDays * aDay;
  return reminderDays > 0 && at > openedAt && remindedAt === undefined ? at : undefined;
}

/** When an open invitation that owes no mail needs attention next. */
export function nextDue(invitation: Lifetime, reminderDays: number): number {
  return Math.min(remindAt(invitation, reminderDays) ?? Infinity, invitation.expiresAt);
}

export type Attention = "expire" | "fail" | "send" | "remind" | "wait";

/** What a due invitation needs; undefined where it has ended. `wait` says that it isn't due at all. */
export function attentionOf(invitation: Schedule, reminderDays: number, now: number): Attention | undefined {
  const { state, expiresAt, owed, tries } = invitation;
  if (state !== "Pending") return undefined;
  if (expiresAt <= now) return "expire";
  if (owed === "invitation" && tries >= mostTries) return "fail";
  if (owed) return "send";
  const at = remindAt(invitation, reminderDays);
  return at !== undefined && at <= now ? "remind" : "wait";
}

/** What came of a mail; `throttled` says that SES takes no more for now, which is no failed try. */
export type Mailed =
  | { readonly sent: true }
  | { readonly sent: false; readonly reason: string; readonly throttled: boolean };

/** What a mail that was tried changes of its invitation, and when that is due then; undefined removes a member. */
export interface AfterMail {
  readonly owed: Schedule["owed"];
  readonly tries: number;
  readonly remindedAt: number | undefined;
  readonly sentAt: number | undefined;
  readonly resentAt: number | undefined;
  readonly sendFailureReason: string | undefined;
  readonly dueAt: number;
}

/** What becomes of an open invitation by the mail that was claimed (`tries` counts it); its third failure ends it. */
export function afterMail(
  invitation: Schedule & { readonly sentAt?: number | undefined; readonly resentAt?: number | undefined },
  mailed: Mailed,
  reminderDays: number,
  now: number,
): AfterMail | { readonly failed: string } {
  const { owed, tries, openedAt, expiresAt, remindedAt, sentAt, resentAt } = invitation;
  const isReminder = owed === "reminder";
  const stays = { owed, remindedAt, sentAt, resentAt };
  if (!mailed.sent && mailed.throttled) {
    const dueAt = Math.min(now + pauseWhenThrottled, expiresAt);
    return { ...stays, tries: tries - 1, sendFailureReason: mailed.reason, dueAt };
  }
  if (!mailed.sent && tries < mostTries) {
    const dueAt = Math.min(now + (pauses[tries - 1] ?? 0), expiresAt);
    return { ...stays, tries, sendFailureReason: mailed.reason, dueAt };
  }
  if (!mailed.sent && !isReminder) return { failed: mailed.reason };
  const reminded = isReminder ? now : remindedAt;
  return {
    owed: undefined,
    tries: 0,
    remindedAt: reminded,
    sentAt: mailed.sent ? (sentAt ?? now) : sentAt,
    resentAt: mailed.sent && sentAt !== undefined ? now : resentAt,
    sendFailureReason: mailed.sent ? undefined : mailed.reason,
    dueAt: nextDue({ openedAt, expiresAt, remindedAt: reminded }, reminderDays),
  };
}
