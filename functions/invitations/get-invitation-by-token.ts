import { InvitationNotFound } from "../../shared/domain/failures.ts";
import { anyone } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { InvitationByToken, shownToInvited } from "../../shared/endpoint/wire/invitation.ts";
import { invitationByToken } from "../../shared/table/own-invitations.ts";

/** Shows an invitation to whoever has its token. It changes nothing, however often a link is opened or scanned. */
export const getInvitationByToken = endpoint(
  {
    route: "GET /businesses/invitations/token/{token}",
    caller: anyone,
    returns: { 200: InvitationByToken },
    fails: [InvitationNotFound],
    uses: { invitationByToken },
  },
  async ({ params: { token }, now, uses, fail }) => {
    const found = await uses.invitationByToken(token);
    if (!found) throw fail(InvitationNotFound);
    return { status: 200, body: shownToInvited(found.names, found.invitation, now) };
  },
);

export const handler = lambda(getInvitationByToken);
