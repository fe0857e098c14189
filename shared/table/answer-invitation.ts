import type { Email } from "../domain/email.ts";
import {
  Busy,
  EmailNotVerified,
  Failed,
  InvitationNotFound,
  InvitationNotOpen,
  InvitedAnotherEmail,
} from "../domain/failures.ts";
import { canMove, safeMessage } from "../domain/invitations.ts";
import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { endInvitation } from "./end-invitation.ts";
import { type InvitationToken, isAmong } from "./invitation-token.ts";
import { type InvitationItem, invitationById } from "./invitations.ts";
import { changeSeats } from "./licenses.ts";
import { decideAnew } from "./retry.ts";

/** Who answers: the user, and the email that their token says is theirs. */
export interface Invited {
  readonly userId: string;
  readonly email: Email | undefined;
  readonly emailVerified: boolean;
}

/** Which invitation: by a token, or by its ids for whoever was shown them. */
export type Which = Pick<InvitationToken, "businessId" | "invitationId"> & { readonly hash?: string };

export const answerFailures = [
  InvitationNotFound,
  InvitationNotOpen,
  InvitedAnotherEmail,
  EmailNotVerified,
  Busy,
] as const;

/** The open invitation that a person may answer, or the failure that says why they can't. */
export async function answerable(
  context: Context,
  { email, emailVerified }: Invited,
  { businessId, invitationId, hash }: Which,
  answer: "accept" | "decline",
): Promise<InvitationItem> {
  if (!email || !emailVerified) throw new Failed(EmailNotVerified);
  const invitation = await invitationById.run(context, businessId, invitationId);
  if (!invitation || (hash !== undefined && !isAmong(hash, invitation.tokenHashes))) {
    throw new Failed(InvitationNotFound);
  }
  if (invitation.emailKey !== email.key) {
    throw new Failed(hash === undefined ? InvitationNotFound : InvitedAnotherEmail);
  }
  if (!canMove(answer, invitation, context.now)) {
    throw new Failed(InvitationNotOpen, { detail: safeMessage(invitation, context.now) });
  }
  return invitation;
}

/** Declines an invitation, which gives back its license. */
export const declineInvitation = {
  name: "declineInvitation",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:PutItem"],
      partitions: ["BUSINESS"],
    },
  ],
  fails: answerFailures,
  async run(context: Context, caller: Invited, which: Which): Promise<void> {
    const { businessId, invitationId } = which;
    await decideAnew(context, async () => {
      const invitation = await answerable(context, caller, which, "decline");
      await commit(
        context,
        [
          ...endInvitation(context, invitation, "decline", caller.userId),
          changeSeats(businessId, { seats: -1, openInvitations: -1 }),
        ],
        { businessId, invitationId },
      );
    });
  },
} satisfies Operation;
