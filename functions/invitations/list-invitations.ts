import { BusinessNotFound } from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import {
  InvitationQuery,
  InvitationResponse,
  invitationResponse,
} from "../../shared/endpoint/wire/invitation.ts";
import { listOf } from "../../shared/endpoint/wire/lazily.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { listInvitations } from "../../shared/table/invitations.ts";

/** Lists the invitations of the current business, newest first; with status those that are shown in it. */
export const listBusinessInvitations = endpoint(
  {
    route: "GET /businesses/me/invitations",
    caller: may("invitations.read"),
    query: InvitationQuery,
    paged: true,
    returns: { 200: listOf(InvitationResponse) },
    fails: [BusinessNotFound],
    uses: { listInvitations, businessById },
  },
  async ({ caller: { businessId }, query: { status }, page, now, uses }) => {
    const [state, { items, after }] = await Promise.all([
      uses.businessById(businessId),
      uses.listInvitations(businessId, status, page),
    ]);
    return {
      status: 200,
      body: items.map((invitation) => invitationResponse(state, invitation, now)),
      after,
    };
  },
);

export const handler = lambda(listBusinessInvitations);
