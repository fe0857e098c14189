import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import {
  EmailNotVerified,
  InvitationNotFound,
  InvitationNotOpen,
  InvitedAnotherEmail,
} from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { Nothing } from "../../shared/endpoint/wire/fields.ts";
import { InvitationRefusal } from "../../shared/endpoint/wire/invitation.ts";
import { whichInvitation } from "../../shared/endpoint/wire/which-invitation.ts";
import { declineInvitation } from "../../shared/table/answer-invitation.ts";

/** Declines an invitation to the email that the caller has verified. Gives back its license. */
export const declineBusinessInvitation = endpoint(
  {
    route: "POST /businesses/invitations/decline",
    caller: signedIn,
    body: InvitationRefusal,
    repeat: byIdempotencyKey,
    returns: { 204: Nothing },
    fails: [InvitationNotFound, InvitationNotOpen, InvitedAnotherEmail, EmailNotVerified],
    uses: { declineInvitation, applyLicenses },
  },
  async ({ caller, body, uses, fail }) => {
    const which = whichInvitation(body);
    if (!which) throw fail(InvitationNotFound);
    await uses.declineInvitation(caller, which);
    await uses.applyLicenses(which.businessId);
    return { status: 204, body: undefined };
  },
  async () => ({ status: 204, body: undefined }),
);

export const handler = lambda(declineBusinessInvitation);
