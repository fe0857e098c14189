import type { Context } from "../operation.ts";
import { commit, type Write } from "./commit.ts";
import { endAndRelease } from "./end-invitation.ts";
import type { InvitationItem } from "./invitations.ts";
import { ChangedMeanwhile } from "./retry.ts";

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
