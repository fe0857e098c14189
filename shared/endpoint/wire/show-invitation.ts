import { Failed, InvitationNotFound } from "../../domain/failures.ts";
import type { Bound } from "../../operation.ts";
import type { businessById } from "../../table/businesses.ts";
import type { invitationById } from "../../table/invitations.ts";
import { invitationResponse } from "./invitation.ts";

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

/** What is wrong with an address that no mail could be sent to. */
export function notAnEmail(pointer: string) {
  return {
    in: "body",
    pointer,
    reason: "must be an email address such as anna@example.com, its local part in ASCII",
  } as const;
}
