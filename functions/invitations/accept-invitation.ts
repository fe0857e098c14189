import { readEmail } from "../../shared/domain/email.ts";
import {
  BusinessNotFound,
  EmailNotVerified,
  InvalidRequest,
  InvitationNotFound,
  InvitationNotOpen,
  InvitedAnotherEmail,
  InviterCannotGrant,
  MemberNotFound,
} from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { InvitationAcceptance } from "../../shared/endpoint/wire/invitation.ts";
import { MemberResponse } from "../../shared/endpoint/wire/member.ts";
import { showMember } from "../../shared/endpoint/wire/show-member.ts";
import { whichInvitation } from "../../shared/endpoint/wire/which-invitation.ts";
import { acceptInvitation } from "../../shared/table/accept-invitation.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { memberOf } from "../../shared/table/members.ts";

/** Accepts an invitation to the email that the caller has verified: they are a member then, with its license. */
export const acceptBusinessInvitation = endpoint(
  {
    route: "POST /businesses/invitations/accept",
    caller: signedIn,
    body: InvitationAcceptance,
    repeat: byIdempotencyKey,
    returns: { 200: MemberResponse },
    fails: [
      InvitationNotFound,
      InvitationNotOpen,
      InvitedAnotherEmail,
      EmailNotVerified,
      InviterCannotGrant,
      BusinessNotFound,
      MemberNotFound,
      InvalidRequest,
    ],
    uses: { acceptInvitation, memberOf, businessById },
  },
  async ({ caller, body: { email, firstName, lastName, ...answer }, uses, fail }) => {
    if (email && readEmail(email)?.key !== caller.email?.key) {
      throw fail(InvalidRequest, { errors: [emailIsNotTheirs] });
    }
    const which = whichInvitation(answer);
    if (!which) throw fail(InvitationNotFound);
    const names = { firstName: firstName ?? undefined, lastName: lastName ?? undefined };
    await uses.acceptInvitation(caller, which, names);
    return { status: 200, body: await showMember(uses, which.businessId, caller.userId) };
  },
  async ({ uses }, { businessId = "", userId = "" }) => ({
    status: 200,
    body: await showMember(uses, businessId, userId),
  }),
);

const emailIsNotTheirs = {
  in: "body",
  pointer: "/email",
  reason: "emails come from your identity provider: leave it out, or sign in with the invited one",
} as const;

export const handler = lambda(acceptBusinessInvitation);
