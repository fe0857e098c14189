import { Failed } from "../../shared/domain/failures.ts";
import { attentionOf, nextDue } from "../../shared/domain/invitation-schedule.ts";
import { sendInvitation } from "../../shared/email/send-invitation.ts";
import { deliver } from "../../shared/endpoint/deliver.ts";
import { job } from "../../shared/endpoint/job.ts";
import { lambda } from "../../shared/endpoint/job-lambda.ts";
import { describeError, log } from "../../shared/endpoint/log.ts";
import { walk } from "../../shared/endpoint/shard-walk.ts";
import type { Bound } from "../../shared/operation.ts";
import { shards } from "../../shared/table/due.ts";
import { dueInvitations, type Inviting, mailNames, postpone } from "../../shared/table/due-invitations.ts";
import { expireInvitations } from "../../shared/table/expire-invitations.ts";
import { type InvitationItem, invitationSettings } from "../../shared/table/invitations.ts";
import { giveUpMail } from "../../shared/table/mail-facts.ts";
import { claimMail, recordMail } from "../../shared/table/mail-invitation.ts";

const operations = {
  dueInvitations,
  expireInvitations,
  mailNames,
  claimMail,
  sendInvitation,
  recordMail,
  giveUpMail,
  postpone,
};

interface Tick {
  readonly now: number;
  readonly timeLeft: () => number;
  readonly uses: Bound<typeof operations>;
  /** Set when SES takes no more for now: its mails wait for the next tick. */
  isThrottled: boolean;
}

/** No mail is begun with less time left, in milliseconds. */
const reserve = 8_000;
const pageSize = 50;
const mailsAtOnce = 10;
const aMinute = 60 * 1_000;
const anHour = 60 * aMinute;

/** Does what invitations are due for: mails to try again, reminders, expiry. It reads only what is due. */
export const expireStaleInvitations = job(
  { schedule: "rate(1 minute)", uses: operations },
  async ({ now, timeLeft, uses }) => {
    const tick: Tick = { now, timeLeft, uses, isThrottled: false };
    const attendTo = async (due: readonly InvitationItem[]) => {
      await attend(tick, due);
      return true;
    };
    const page = uses.dueInvitations;
    await walk({ shards, now, period: aMinute, timeLeft, page, atOnce: pageSize, attend: attendTo });
    return undefined;
  },
);

async function attend(tick: Tick, due: readonly InvitationItem[]): Promise<void> {
  const { now, uses } = tick;
  const { reminderDays } = invitationSettings();
  const needs = Object.groupBy(due, (one) => attentionOf(one, reminderDays, now) ?? "nothing");
  const { expire = [], fail = [], send = [], remind = [], wait = [] } = needs;
  const overdue = Object.entries(Object.groupBy(expire, ({ businessId }) => businessId));
  await Promise.all([
    ...overdue.map(([businessId, of = []]) => expireOf(tick, businessId, of)),
    ...fail.map((one) => guarded(tick, one, () => uses.giveUpMail(one, one.sendFailureReason ?? neverSent))),
    ...wait.map((one) => guarded(tick, one, () => uses.postpone(one, nextDue(one, reminderDays)))),
  ]);
  await mailAll(tick, [...send, ...remind]);
}

const neverSent = "The email could not be sent in three tries.";
const nobodyInvites = "Whoever invited is no longer a member who may. Send the invitation again.";
const nobodyAdded = "Whom the email was for is no longer an active member.";

/** Where too much is happening in a business at once, its invitations wait for the next tick, and no others. */
async function expireOf(tick: Tick, businessId: string, overdue: readonly InvitationItem[]): Promise<void> {
  const expiring = tick.uses.expireInvitations(businessId, overdue).catch((error) => {
    if (error instanceof Failed) return [];
    throw error;
  });
  for (const { id, error } of await expiring) {
    const invitation = overdue.find((one) => one.id === id);
    if (invitation) await setAside(tick, invitation, error);
  }
}

async function mailAll(tick: Tick, due: readonly InvitationItem[]): Promise<void> {
  if (due.length === 0 || tick.isThrottled) return;
  const names = await tick.uses.mailNames(due);
  for (let from = 0; from < due.length; from += mailsAtOnce) {
    const group = due.slice(from, from + mailsAtOnce);
    await Promise.all(group.map((one) => guarded(tick, one, () => mail(tick, one, names.get(one.id)))));
  }
}

async function mail(tick: Tick, invitation: InvitationItem, names: Inviting | undefined): Promise<void> {
  if (tick.isThrottled || tick.timeLeft() < reserve || !names) return;
  if (!names.mayGrant) return tick.uses.giveUpMail(invitation, nobodyInvites);
  if (!names.isTrue) return tick.uses.giveUpMail(invitation, nobodyAdded);
  const claimed = await tick.uses.claimMail(invitation, invitation.owed ?? "reminder");
  if (!claimed) return; // somebody else has, or the invitation has ended
  const { throttled } = await deliver(tick.uses, claimed, names);
  if (throttled) tick.isThrottled = true;
}

/** Does something for one invitation; what goes wrong with it is no matter of the others. */
async function guarded(tick: Tick, invitation: InvitationItem, attend: () => Promise<unknown>) {
  await attend().catch((error) => setAside(tick, invitation, error));
}

/** Reports an invitation that can't be attended to (an alarm counts `poisoned`), and looks at it again in an hour. */
async function setAside({ now, uses }: Tick, invitation: InvitationItem, error: unknown): Promise<void> {
  if (error instanceof Failed) return; // too much is happening at once: the next tick tries again
  log("error", { poisoned: invitation.id, businessId: invitation.businessId, ...describeError(error) });
  await uses.postpone(invitation, now + anHour).catch(() => {});
}

export const handler = lambda(expireStaleInvitations);
