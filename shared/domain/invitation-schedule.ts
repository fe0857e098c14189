import type { InvitationState } from "./invitations.ts";

/** When an open invitation needs attention next, and which. Times are milliseconds since the epoch. */

const aMinute = 60 * 1_000;
const aDay = 24 * 60 * aMinute;

/**
 * A send that was claimed and not recorded has died: its invitation is due again after so long. A send takes less than
 * two minutes, and the clock of whoever finds it due may be five minutes ahead.
 */
export const claimedFor = 7 * aMinute;

/** A mail is tried so often. */
export const mostTries = 3;

/** Between the tries, so that SES may be down for an hour: 5 minutes, then 65. */
const pauses = [5 * aMinute, 65 * aMinute] as const;
const pauseWhenThrottled = aMinute;

interface Lifetime {
  /** When somebody asked for a mail last. */
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly sentAt?: number | undefined;
  readonly resentAt?: number | undefined;
  readonly remindedAt?: number | undefined;
}

export interface Schedule extends Lifetime {
  readonly state: InvitationState;
  /** The mail that is owed, until SES has taken it, and how often it was tried. */
  readonly owed?: "invitation" | "reminder" | undefined;
  readonly tries: number;
}

/** When an open invitation is reminded of; undefined where never: a mail after that time is reminder enough. */
export function remindAt(
  { askedAt, expiresAt, sentAt = 0, resentAt = 0, remindedAt }: Lifetime,
  reminderDays: number,
): number | undefined {
  const at = expiresAt - reminderDays * aDay;
  const isOutstanding = remindedAt === undefined && at > Math.max(askedAt, sentAt, resentAt);
  return reminderDays > 0 && isOutstanding ? at : undefined;
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
  if (owed) return tries >= mostTries ? "fail" : "send";
  const at = remindAt(invitation, reminderDays);
  return at !== undefined && at <= now ? "remind" : "wait";
}

/**
 * What came of a mail. `throttled` says that SES takes no more for now, which is no failed try; `unanswered` that
 * nobody knows whether SES took it.
 */
export type Mailed =
  | { readonly sent: true }
  | {
      readonly sent: false;
      readonly reason: string;
      readonly throttled: boolean;
      readonly unanswered: boolean;
    };

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
  invitation: Schedule,
  mailed: Mailed,
  reminderDays: number,
  now: number,
): AfterMail | { readonly failed: string } {
  const { owed, tries, askedAt, expiresAt, remindedAt, sentAt, resentAt } = invitation;
  const isReminder = owed === "reminder";
  const stays = { owed, remindedAt, sentAt, resentAt };
  if (!mailed.sent && mailed.throttled) {
    const dueAt = Math.min(now + pauseWhenThrottled, expiresAt);
    return { ...stays, tries: tries - 1, sendFailureReason: mailed.reason, dueAt };
  }
  if (!mailed.sent && (tries < mostTries || mailed.unanswered)) {
    // After the last try SES may still report that the mail was delivered.
    const dueAt = Math.min(now + (pauses[tries - 1] ?? claimedFor), expiresAt);
    return { ...stays, tries, sendFailureReason: mailed.reason, dueAt };
  }
  if (!mailed.sent) {
    return isReminder
      ? { ...stays, ...withoutReminder(invitation, mailed.reason, now) }
      : { failed: mailed.reason };
  }
  const settled = {
    remindedAt: isReminder ? now : remindedAt,
    sentAt: sentAt ?? now,
    resentAt: sentAt === undefined ? resentAt : now,
  };
  const dueAt = nextDue({ askedAt, expiresAt, ...settled }, reminderDays);
  return { ...settled, owed: undefined, tries: 0, sendFailureReason: undefined, dueAt };
}

/** What giving up its reminder changes of an invitation, and when that is due then. */
export function withoutReminder({ expiresAt }: Schedule, sendFailureReason: string, now: number) {
  return { owed: undefined, tries: 0, remindedAt: now, sendFailureReason, dueAt: expiresAt };
}
