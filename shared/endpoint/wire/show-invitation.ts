import type { applyLicenses } from "../../billing/apply-licenses.ts";
import { Failed, InvitationNotFound } from "../../domain/failures.ts";
import { memberName } from "../../domain/people.ts";
import type { Bound } from "../../operation.ts";
import type { BusinessItem, businessById } from "../../table/businesses.ts";
import type { invitationById } from "../../table/invitations.ts";
import type { Claimed } from "../../table/mail-invitation.ts";
import type { Member } from "../../table/members.ts";
import { billedBusiness } from "../billed-business.ts";
import { deliver } from "../deliver.ts";
import { finishAll } from "../finish-all.ts";
import { invitationResponse } from "./invitation.ts";

type SendUses = Parameters<typeof deliver>[0] &
  Bound<{ applyLicenses: typeof applyLicenses; businessById: typeof businessById }>;
type Uses = Bound<{ businessById: typeof businessById; invitationById: typeof invitationById }>;

/** An invitation as it is now, with its business and the ledger of that. */
export async function showInvitation(
  uses: Uses,
  { businessId = "", invitationId = "" }: { readonly businessId?: string; readonly invitationId?: string },
  now: number,
) {
  const [state, invitation] = await Promise.all([
    uses.businessById(businessId),
    uses.invitationById(businessId, invitationId),
  ]);
  if (!invitation) throw new Failed(InvitationNotFound);
  return invitationResponse(state, invitation, now);
}

/** Mails an invitation that was opened or resent, has its license applied at once, and shows what it is then. */
export async function sendAndShow(
  uses: SendUses,
  caller: Member,
  { business, ...claimed }: Claimed & { readonly business: BusinessItem },
  now: number,
) {
  const inviterName = memberName(await caller.membership());
  const [{ invitation }, billed] = await finishAll([
    deliver(uses, claimed, { businessName: business.name, inviterName }),
    billedBusiness(uses, caller.businessId),
  ]);
  return invitationResponse(billed, invitation, now);
}

/** What is wrong with an address that no mail could be sent to. */
export function notAnEmail(pointer: string) {
  return {
    in: "body",
    pointer,
    reason: "must be an email address such as anna@example.com, its local part in ASCII",
  } as const;
}
