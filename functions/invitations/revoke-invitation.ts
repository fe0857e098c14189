import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import {
  BusinessNotFound,
  Forbidden,
  InvitationNotFound,
  InvitationNotOpen,
  RoleTooHigh,
} from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { Nothing } from "../../shared/endpoint/wire/fields.ts";
import { revokeInvitation } from "../../shared/table/revoke-invitation.ts";

/** Revokes an open invitation: its links stop working, and its license is given back. */
export const revokeBusinessInvitation = endpoint(
  {
    route: "DELETE /businesses/me/invitations/{invitationId}",
    caller: may("invitations.revoke"),
    repeat: byIdempotencyKey,
    returns: { 204: Nothing },
    fails: [InvitationNotFound, InvitationNotOpen, RoleTooHigh, Forbidden, BusinessNotFound],
    uses: { revokeInvitation, applyLicenses },
  },
  async ({ caller, params: { invitationId }, uses, fail }) => {
    if (!isId("inv", invitationId)) throw fail(InvitationNotFound);
    await uses.revokeInvitation(caller, invitationId);
    await uses.applyLicenses(caller.businessId);
    return { status: 204, body: undefined };
  },
  async () => ({ status: 204, body: undefined }),
);

export const handler = lambda(revokeBusinessInvitation);
