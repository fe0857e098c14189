import { Busy } from "../domain/failures.ts";
import { canMove } from "../domain/invitations.ts";
import type { Context, Operation } from "../operation.ts";
import { commit, type Write } from "./commit.ts";
import { endAndRelease } from "./end-invitation.ts";
import { type InvitationItem, invitationById } from "./invitations.ts";
import { ChangedMeanwhile, changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

/** Ends an open invitation whose newest mail can't reach the person, and gives back its license. */
export async function failInvitation(
  context: Context,
  invitation: InvitationItem,
  sendFailureReason: string,
): Promise<InvitationItem> {
  const { businessId, sendNo } = invitation;
  const more = { set: { sendFailureReason }, when: { sendNo } };
  const failed = await commitUnlessMoved(
    context,
    endAndRelease(context, businessId, [invitation], "fail", more),
  );
  return failed ? { ...invitation, state: "Failed", sendFailureReason, endedAt: context.now } : invitation;
}

/** Commits, or answers false where the invitation has moved since it was read. */
export async function commitUnlessMoved(context: Context, writes: readonly Write[]): Promise<boolean> {
  try {
    await commit(context, writes);
    return true;
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return false;
    throw error;
  }
}

const needs = [
  { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
  { actions: ["dynamodb:PutItem", "dynamodb:DeleteItem"], partitions: ["BUSINESS"] },
] as const satisfies Operation["needs"];

/** Ends an invitation whose mail was tried often enough without anybody recording what came of it. */
export const failUnsent = {
  name: "failUnsent",
  needs,
  fails: [Busy],
  async run(context: Context, invitation: InvitationItem): Promise<void> {
    const {
      businessId,
      id,
      sendNo,
      sendFailureReason = "The email could not be sent in three tries.",
    } = invitation;
    const { state } = await failInvitation(context, invitation, sendFailureReason);
    if (state === "Failed") return;
    const now = await invitationById.run(context, businessId, id);
    if (now?.sendNo === sendNo && canMove("fail", now, context.now)) throw new Error("can't be ended");
  },
} satisfies Operation;

/** Which mail SES reports of. */
export interface MailId {
  readonly businessId: string;
  readonly invitationId: string;
  readonly sendNo: number;
}

/** Records what SES reports of a mail, where it is the newest of an open invitation: it arrived, or never will. */
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
    if (invitation?.sendNo !== sendNo || !canMove("fail", invitation, context.now)) return;
    if ("undeliverable" in fact) await failInvitation(context, invitation, fact.undeliverable);
    else {
      const update = key.invitation(businessId, invitationId);
      const setOnce = { deliveredAt: context.now };
      const when = { state: "Pending", sendNo };
      await commitUnlessMoved(context, [{ update, setOnce, when, orElse: changedMeanwhile }]);
    }
  },
} satisfies Operation;
