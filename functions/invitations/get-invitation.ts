import { BusinessNotFound, InvitationNotFound } from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { InvitationResponse } from "../../shared/endpoint/wire/invitation.ts";
import { showInvitation } from "../../shared/endpoint/wire/show-invitation.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { invitationById } from "../../shared/table/invitations.ts";

/** Shows one invitation of the current business, whatever has become of it. */
export const getInvitation = endpoint(
  {
    route: "GET /businesses/me/invitations/{invitationId}",
    caller: may("invitations.read"),
    returns: { 200: InvitationResponse },
    fails: [InvitationNotFound, BusinessNotFound],
    uses: { invitationById, businessById },
  },
  async ({ caller: { businessId }, params: { invitationId }, now, uses, fail }) => {
    if (!isId("inv", invitationId)) throw fail(InvitationNotFound);
    return { status: 200, body: await showInvitation(uses, { businessId, invitationId }, now) };
  },
);

export const handler = lambda(getInvitation);
