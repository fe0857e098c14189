import * as z from "zod/mini";
import { roleOf } from "../../domain/accesses.ts";
import { invitationStatuses, safeMessage, statusOf } from "../../domain/invitations.ts";
import { licenseBillingStatus, licenseBillingStatuses } from "../../domain/license-status.ts";
import type { BusinessState } from "../../table/businesses.ts";
import type { MailNames } from "../../table/due-invitations.ts";
import type { InvitationItem } from "../../table/invitations.ts";
import { Named, Text, Timestamp, timestamp } from "./fields.ts";
import { lazily, type Of } from "./lazily.ts";
import { RoleName } from "./member.ts";

const nullable = z.nullable;

/** What POST /businesses/me/invitations takes. */
export const InvitationRequest = lazily(() =>
  z.strictObject({
    email: Text(320),
    role: z._default(RoleName(), "Agent"),
    expiresInDays: z.optional(nullable(z.number().check(z.int(), z.gte(1), z.lte(30)))),
  }),
);

/** Which invitations GET /businesses/me/invitations lists. */
export const InvitationQuery = lazily(() =>
  z.strictObject({ status: z.optional(z.enum(invitationStatuses)) }),
);

/** Which invitation to answer: by the token of its mail, or by the ids that GET /users/me/invitations shows. */
const answer = () => ({
  token: z.optional(nullable(Text(200))),
  businessId: z.optional(nullable(Text(64))),
  invitationId: z.optional(nullable(Text(64))),
});

type Answer = { readonly [Name in keyof ReturnType<typeof answer>]?: string | null | undefined };

function namesOne({ token, businessId, invitationId }: Answer): boolean {
  return token ? !businessId && !invitationId : Boolean(businessId && invitationId);
}

const oneOfTheTwo = "give either token, or businessId and invitationId";

/** What POST /businesses/invitations/accept takes. */
export const InvitationAcceptance = lazily(() =>
  z
    .strictObject({
      ...answer(),
      email: z.optional(nullable(Text(320))),
      firstName: z.optional(nullable(Text(100))),
      lastName: z.optional(nullable(Text(100))),
    })
    .check(z.refine(namesOne, oneOfTheTwo)),
);

/** What POST /businesses/invitations/decline takes. */
export const InvitationRefusal = lazily(() =>
  z.strictObject(answer()).check(z.refine(namesOne, oneOfTheTwo)),
);

export const InvitationResponse = lazily(() =>
  z.strictObject({
    safeMessage: nullable(z.string()),
    id: z.string(),
    businessId: z.string(),
    businessName: z.string(),
    business: Named(),
    email: z.string(),
    role: RoleName(),
    status: z.enum(invitationStatuses),
    createdAt: Timestamp(),
    expiresAt: Timestamp(),
    sentAt: nullable(Timestamp()),
    resentAt: nullable(Timestamp()),
    deliveredAt: nullable(Timestamp()),
    acceptedAt: nullable(Timestamp()),
    revokedAt: nullable(Timestamp()),
    declinedAt: nullable(Timestamp()),
    sendFailureReason: nullable(z.string()),
    licenseBillingStatus: nullable(z.enum(licenseBillingStatuses)),
    licenseQuantity: nullable(z.string().check(z.regex(/^-?(?:0|[1-9]\d*)$/))),
    licenseRenewalDate: nullable(Timestamp()),
    licenseActivatedAt: nullable(Timestamp()),
    licenseReleasedAt: nullable(Timestamp()),
  }),
);

/** An invitation as its business sees it, at a time. Accepting it passes its license on; else its end releases it. */
export function invitationResponse(
  { business, licenses }: BusinessState,
  invitation: InvitationItem,
  now: number,
): Of<typeof InvitationResponse> {
  const { id, businessId, email, access, state, endedAt } = invitation;
  const isHeld = state === "Pending" || state === "Accepted";
  const endedAs = (...states: string[]) => timestamp(states.includes(state) ? endedAt : undefined);
  return {
    safeMessage: safeMessage(invitation, now),
    id,
    businessId,
    businessName: business.name,
    business: { id: businessId, name: business.name },
    email,
    role: roleOf(access),
    status: statusOf(invitation, now),
    createdAt: timestamp(invitation.createdAt),
    expiresAt: timestamp(invitation.expiresAt),
    sentAt: timestamp(invitation.sentAt),
    resentAt: timestamp(invitation.resentAt),
    deliveredAt: timestamp(invitation.deliveredAt),
    acceptedAt: endedAs("Accepted"),
    revokedAt: endedAs("Revoked"),
    declinedAt: endedAs("Declined"),
    sendFailureReason: invitation.sendFailureReason ?? null,
    licenseBillingStatus: licenseBillingStatus(licenses, isHeld),
    licenseQuantity: String(licenses.seats),
    licenseRenewalDate: isHeld ? timestamp(licenses.subscription?.renewsAt) : null,
    licenseActivatedAt: timestamp(invitation.openedAt),
    licenseReleasedAt: isHeld ? null : timestamp(endedAt),
  };
}

/** What whoever has the token may see, signed in or not. */
export const InvitationByToken = lazily(() =>
  z.strictObject({
    businessName: z.string(),
    role: RoleName(),
    inviterName: nullable(z.string()),
    expiresAt: Timestamp(),
    safeMessage: nullable(z.string()),
  }),
);

/** An open invitation as the person who is invited sees it among theirs. */
export const OwnInvitation = lazily(() =>
  z.strictObject({
    businessId: z.string(),
    invitationId: z.string(),
    ...InvitationByToken().shape,
  }),
);

/** An invitation as the person sees it who is invited. */
export function shownToInvited(
  { businessName, inviterName }: MailNames,
  invitation: InvitationItem,
  now: number,
): Of<typeof InvitationByToken> {
  return {
    businessName,
    role: roleOf(invitation.access),
    inviterName,
    expiresAt: timestamp(invitation.expiresAt),
    safeMessage: safeMessage(invitation, now),
  };
}
