import { roleOf } from "../domain/accesses.ts";
import {
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  InvitationNotFound,
  InvitationNotOpen,
  RoleTooHigh,
} from "../domain/failures.ts";
import { canMove, safeMessage } from "../domain/invitations.ts";
import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { endInvitation } from "./end-invitation.ts";
import { invitationById } from "./invitations.ts";
import { changeSeats } from "./licenses.ts";
import { callerMay, type Member, mayTouch } from "./members.ts";
import { decideAnew } from "./retry.ts";

/** Revokes an open invitation, whose role is not above the caller's, and gives back its license. */
export const revokeInvitation = {
  name: "revokeInvitation",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:PutItem"],
      partitions: ["BUSINESS"],
    },
    { actions: ["dynamodb:ConditionCheckItem"], partitions: ["BUSINESS"] },
  ],
  fails: [InvitationNotFound, InvitationNotOpen, RoleTooHigh, BusinessNotFound, Forbidden, Busy],
  async run(context: Context, caller: Member, invitationId: string): Promise<void> {
    const { businessId, userId } = caller;
    await decideAnew(context, async (again) => {
      const invitation = await invitationById.run(context, businessId, invitationId);
      if (!invitation) throw new Failed(InvitationNotFound);
      const role = roleOf(invitation.access);
      await mayTouch(context, caller, role, again);
      if (!canMove("revoke", invitation, context.now)) {
        throw new Failed(InvitationNotOpen, { detail: safeMessage(invitation, context.now) });
      }
      await commit(
        context,
        [
          ...endInvitation(context, invitation, "revoke", userId),
          callerMay(caller, role),
          changeSeats(businessId, { seats: -1, openInvitations: -1 }),
        ],
        { businessId, invitationId },
      );
    });
  },
} satisfies Operation;
