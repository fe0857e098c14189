import { Busy } from "../domain/failures.ts";
import { withoutReminder } from "../domain/invitation-schedule.ts";
import { canMove } from "../domain/invitations.ts";
import type { Context, Operation } from "../operation.ts";
import { setOrRemove } from "./expressions.ts";
import { commitUnlessMoved, failInvitation } from "./fail-invitation.ts";
import { dueAt, type InvitationItem, invitationById } from "./invitations.ts";
import { recordMail } from "./mail-invitation.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

const needs = [
  { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
  { actions: ["dynamodb:PutItem", "dynamodb:DeleteItem"], partitions: ["BUSINESS"] },
  { setting: "invitations" },
] as const satisfies Operation["needs"];

/**
 * Gives up the mail that an invitation owes: its reminder, which it does without, or the invitation itself, which ends
 * and gives back its license.
 */
export const giveUpMail = {
  name: "giveUpMail",
  needs,
  fails: [Busy],
  async run(context: Context, invitation: InvitationItem, reason: string): Promise<void> {
    const { businessId, id, sendNo } = invitation;
    if (invitation.owed !== "invitation") return giveUpReminder(context, invitation, reason);
    const { state } = await failInvitation(context, invitation, reason);
    if (state === "Failed") return;
    const now = await invitationById.run(context, businessId, id);
    if (now?.sendNo === sendNo && canMove("fail", now, context.now)) throw new Error("can't be ended");
  },
} satisfies Operation;

async function giveUpReminder(context: Context, invitation: InvitationItem, reason: string): Promise<void> {
  const { businessId, id, sendNo } = invitation;
  const { dueAt: due, ...changes } = withoutReminder(invitation, reason, context.now);
  const update = key.invitation(businessId, id);
  const when = { state: "Pending", sendNo };
  const write = { update, ...setOrRemove({ ...changes, ...dueAt(due) }), when, orElse: changedMeanwhile };
  await commitUnlessMoved(context, [write]);
}

/** Which mail SES reports of. */
export interface MailId {
  readonly businessId: string;
  readonly invitationId: string;
  readonly sendNo: number;
}

/**
 * Records what SES reports of a mail of an open invitation: it arrived, which is also to say that it was taken, or it
 * never will. Only the newest mail counts, claimed or known to be taken.
 */
export const recordFact = {
  name: "recordFact",
  needs,
  fails: [Busy],
  async run(
    context: Context,
    { businessId, invitationId, sendNo }: MailId,
    fact: { readonly delivered: true } | { readonly undeliverable: string },
  ): Promise<void> {
    const invitation = await invitationById.run(context, businessId, invitationId);
    if (!invitation || !canMove("fail", invitation, context.now)) return;
    const isNewest = sendNo === invitation.sendNo;
    if (!isNewest && sendNo !== invitation.takenNo) return;
    if ("undeliverable" in fact) {
      await failInvitation(context, invitation, fact.undeliverable);
      return;
    }
    if (isNewest && invitation.owed) await recordMail.run(context, invitation, { sent: true });
    const update = key.invitation(businessId, invitationId);
    const setOnce = { deliveredAt: context.now };
    const when = { state: "Pending", sendNo: invitation.sendNo };
    await commitUnlessMoved(context, [{ update, setOnce, when, orElse: changedMeanwhile }]);
  },
} satisfies Operation;
