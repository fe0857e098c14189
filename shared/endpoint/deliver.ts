import { roleOf } from "../domain/accesses.ts";
import { isActivation } from "../domain/ids.ts";
import type { sendInvitation } from "../email/send-invitation.ts";
import type { Bound } from "../operation.ts";
import type { MailNames } from "../table/due-invitations.ts";
import type { InvitationItem } from "../table/invitations.ts";
import type { Claimed, recordMail } from "../table/mail-invitation.ts";
import { describeError, log } from "./log.ts";

type Uses = Bound<{ sendInvitation: typeof sendInvitation; recordMail: typeof recordMail }>;

/**
 * Sends the claimed mail of an invitation and records what came of it. It never fails: what isn't recorded is due
 * again when the claim has run out. Answers the invitation as it is then, and whether SES takes no more for now.
 */
export async function deliver(
  uses: Uses,
  { invitation, token }: Claimed,
  names: MailNames,
): Promise<{ invitation: InvitationItem; throttled: boolean }> {
  const { id: invitationId, businessId, email, owed, sendNo, access, expiresAt } = invitation;
  try {
    const mailed = await uses.sendInvitation({
      ...names,
      to: email,
      kind: isActivation(invitationId) ? "activation" : (owed ?? "invitation"),
      role: roleOf(access),
      businessId,
      invitationId,
      sendNo,
      expiresAt,
      token,
    });
    if (!mailed.sent) {
      const poisoned = mailed.isSetup ? invitationId : undefined; // an alarm counts these
      log("error", { businessId, invitationId, sendNo, error: mailed.error, poisoned });
    }
    const recorded = await uses.recordMail(invitation, mailed);
    return { invitation: recorded, throttled: !mailed.sent && mailed.throttled };
  } catch (error) {
    log("error", { businessId, invitationId, sendNo, ...describeError(error) });
    return { invitation, throttled: false };
  }
}
