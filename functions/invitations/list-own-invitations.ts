import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { OwnInvitation, shownToInvited } from "../../shared/endpoint/wire/invitation.ts";
import { listOf } from "../../shared/endpoint/wire/lazily.ts";
import { mailNames } from "../../shared/table/due-invitations.ts";
import { invitationsTo } from "../../shared/table/invitations.ts";

/** Lists the open invitations to the email that the signed-in person has verified, oldest first. */
export const listOwnInvitations = endpoint(
  {
    route: "GET /users/me/invitations",
    caller: signedIn,
    paged: true,
    returns: { 200: listOf(OwnInvitation) },
    fails: [],
    uses: { invitationsTo, mailNames },
  },
  async ({ caller: { email, emailVerified }, page, now, uses }) => {
    if (!email || !emailVerified) return { status: 200, body: [] };
    const { items, after } = await uses.invitationsTo(email.key, page);
    const names = await uses.mailNames(items);
    const body = items.map((invitation) => {
      const { id, businessId } = invitation;
      const of = names.get(id) ?? { businessName: "", inviterName: null };
      return { businessId, invitationId: id, ...shownToInvited(of, invitation, now) };
    });
    return { status: 200, body, after };
  },
);

export const handler = lambda(listOwnInvitations);
