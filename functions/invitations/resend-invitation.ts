import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import {
  AlreadyInvited,
  AlreadyMember,
  BusinessNotFound,
  Forbidden,
  InvitationLimitReached,
  InvitationNotFound,
  InvitationNotResendable,
  LicenseLimitReached,
  MemberInactive,
  ResendLimitReached,
  RoleTooHigh,
} from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { sendInvitation } from "../../shared/email/send-invitation.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { InvitationResponse } from "../../shared/endpoint/wire/invitation.ts";
import { sendAndShow, showInvitation } from "../../shared/endpoint/wire/show-invitation.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { invitationById } from "../../shared/table/invitations.ts";
import { recordMail } from "../../shared/table/mail-invitation.ts";
import { resendInvitation } from "../../shared/table/resend-invitation.ts";

/** Sends an invitation again, with its whole life before it; one that expired or failed takes a license again. */
export const resendBusinessInvitation = endpoint(
  {
    route: "POST /businesses/me/invitations/{invitationId}/resend",
    caller: may("invitations.resend"),
    repeat: byIdempotencyKey,
    returns: { 200: InvitationResponse },
    fails: [
      InvitationNotFound,
      InvitationNotResendable,
      ResendLimitReached,
      InvitationLimitReached,
      LicenseLimitReached,
      AlreadyInvited,
      AlreadyMember,
      MemberInactive,
      RoleTooHigh,
      Forbidden,
      BusinessNotFound,
    ],
    uses: { resendInvitation, sendInvitation, recordMail, applyLicenses, businessById, invitationById },
  },
  async ({ caller, params: { invitationId }, now, uses, fail }) => {
    if (!isId("inv", invitationId)) throw fail(InvitationNotFound);
    const opened = await uses.resendInvitation(caller, invitationId);
    return { status: 200, body: await sendAndShow(uses, caller, opened, now) };
  },
  async ({ now, uses }, outcome) => ({ status: 200, body: await showInvitation(uses, outcome, now) }),
);

export const handler = lambda(resendBusinessInvitation);
