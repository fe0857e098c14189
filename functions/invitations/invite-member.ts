import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import { accessOf } from "../../shared/domain/accesses.ts";
import { isMailable, readEmail } from "../../shared/domain/email.ts";
import {
  AlreadyInvited,
  AlreadyMember,
  BusinessNotFound,
  Forbidden,
  InvalidRequest,
  InvitationLimitReached,
  InvitationNotFound,
  LicenseLimitReached,
  MemberInactive,
  RoleTooHigh,
} from "../../shared/domain/failures.ts";
import { sendInvitation } from "../../shared/email/send-invitation.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { InvitationRequest, InvitationResponse } from "../../shared/endpoint/wire/invitation.ts";
import { notAnEmail, sendAndShow, showInvitation } from "../../shared/endpoint/wire/show-invitation.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { invitationById, invitationSettings } from "../../shared/table/invitations.ts";
import { recordMail } from "../../shared/table/mail-invitation.ts";
import { openInvitation } from "../../shared/table/open-invitations.ts";

/** Invites a person by email. The invitation holds a license until it is answered or expires. */
export const inviteMember = endpoint(
  {
    route: "POST /businesses/me/invitations",
    caller: may("invitations.create"),
    body: InvitationRequest,
    repeat: byIdempotencyKey,
    returns: { 200: InvitationResponse },
    fails: [
      AlreadyMember,
      MemberInactive,
      AlreadyInvited,
      InvitationLimitReached,
      LicenseLimitReached,
      RoleTooHigh,
      Forbidden,
      BusinessNotFound,
      InvitationNotFound,
      InvalidRequest,
    ],
    uses: { openInvitation, sendInvitation, recordMail, applyLicenses, businessById, invitationById },
  },
  async ({ caller, body: { email: address, role, expiresInDays }, now, uses, fail }) => {
    const email = readEmail(address);
    if (!email || !isMailable(email)) throw fail(InvalidRequest, { errors: [notAnEmail("/email")] });
    const lifeDays = expiresInDays ?? invitationSettings().lifeDays;
    const opened = await uses.openInvitation(caller, {
      email,
      access: accessOf(role),
      lifeDays,
    });
    return { status: 200, body: await sendAndShow(uses, caller, opened, now) };
  },
  async ({ now, uses }, outcome) => ({ status: 200, body: await showInvitation(uses, outcome, now) }),
);

export const handler = lambda(inviteMember);
