import { eventOf } from "../domain/events.ts";
import { Busy } from "../domain/failures.ts";
import { type AfterMail, afterMail, claimedFor, type Mailed } from "../domain/invitation-schedule.ts";
import type { Context, Operation } from "../operation.ts";
import type { Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import { commitUnlessMoved, failInvitation } from "./fail-invitation.ts";
import { mintToken } from "./invitation-token.ts";
import {
  dueAt,
  type InvitationItem,
  invitationSettings,
  type MailKind,
  moveCondition,
} from "./invitations.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

/** An invitation whose newest mail is claimed, to be sent with this token: nobody else sends that one. */
export interface Claimed {
  readonly invitation: InvitationItem;
  readonly token: string;
}

/** The mails whose tokens work: so many, the newest that SES may have taken. */
const mostTokens = 16;

/** An invitation as its next mail finds it. No token of a mail before it ends until SES has taken this one. */
export function withNextMail(invitation: InvitationItem, owed: MailKind): Claimed {
  const { token, hash } = mintToken(invitation.businessId, invitation.id);
  const tokenHashes = [...invitation.tokenHashes, hash];
  const { sendNo, tries } = invitation;
  return { token, invitation: { ...invitation, tokenHashes, owed, sendNo: sendNo + 1, tries: tries + 1 } };
}

/** Claims the next mail of an invitation as it was read; undefined where somebody else has, or it has ended. */
export const claimMail = {
  name: "claimMail",
  needs: [{ actions: ["dynamodb:UpdateItem"], partitions: ["BUSINESS"] }],
  fails: [Busy],
  async run(context: Context, read: InvitationItem, kind: MailKind): Promise<Claimed | undefined> {
    const { now } = context;
    const claimed = withNextMail(read, kind);
    const { tokenHashes, owed, sendNo, tries } = claimed.invitation;
    const claim: Write = {
      update: key.invitation(read.businessId, read.id),
      set: { tokenHashes, owed, sendNo, tries, ...dueAt(now + claimedFor) },
      when: { ...moveCondition("send", now), sendNo: read.sendNo, gsi2sk: read.gsi2sk ?? null },
      orElse: changedMeanwhile,
    };
    return (await commitUnlessMoved(context, [claim])) ? claimed : undefined;
  },
} satisfies Operation;

/**
 * Records what came of a claimed mail, where none was claimed since. The third failed try of an invitation's mail ends
 * the invitation and gives back its license; that of a reminder gives up the reminder.
 */
export const recordMail = {
  name: "recordMail",
  needs: [
    { actions: ["dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], partitions: ["BUSINESS"] },
    { setting: "invitations" },
  ],
  fails: [Busy],
  async run(context: Context, claimed: InvitationItem, mailed: Mailed): Promise<InvitationItem> {
    const { businessId, id: subjectId, sendNo, owed } = claimed;
    const after = afterMail(claimed, mailed, invitationSettings().reminderDays, context.now);
    if ("failed" in after) return failInvitation(context, claimed, after.failed);
    const { dueAt: due, ...changes } = after;
    const sentAs = owed === "reminder" ? "invitation.reminded" : "invitation.sent";
    const isThrottled = !mailed.sent && mailed.throttled; // for the audit it was not tried
    const type = eventOf(subjectId, mailed.sent ? sentAs : "invitation.send_failed");
    const taken = mailed.sent ? { takenNo: sendNo } : {};
    const recorded = await commitUnlessMoved(context, [
      {
        update: key.invitation(businessId, subjectId),
        ...setOrRemove({ ...changes, ...taken, tokenHashes: tokensAfter(claimed, mailed), ...dueAt(due) }),
        when: { state: "Pending", sendNo },
        orElse: changedMeanwhile,
      },
      ...(isThrottled ? [] : [businessEvent(context, businessId, { type, subjectId })]),
    ]);
    if (!recorded) await recordWhenEnded(context, claimed, changes);
    return { ...claimed, ...changes } as InvitationItem;
  },
} satisfies Operation;

/** The tokens that work after a mail: that of one which SES has refused is none. */
function tokensAfter({ tokenHashes }: InvitationItem, mailed: Mailed): readonly string[] {
  if (mailed.sent) return tokenHashes.slice(-mostTokens);
  return mailed.unanswered ? tokenHashes : tokenHashes.slice(0, -1);
}

/** An invitation may have been answered before it was recorded that its mail was sent. */
async function recordWhenEnded(
  context: Context,
  { businessId, id, sendNo }: InvitationItem,
  { sentAt, resentAt }: Pick<AfterMail, "sentAt" | "resentAt">,
): Promise<void> {
  const when = { state: { not: "Pending" }, sendNo };
  const update = { update: key.invitation(businessId, id), ...setOrRemove({ sentAt, resentAt }) };
  await commitUnlessMoved(context, [{ ...update, when, orElse: changedMeanwhile }]);
}
