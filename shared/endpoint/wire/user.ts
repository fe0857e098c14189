import * as z from "zod/mini";
import { type Role, roleOf } from "../../domain/accesses.ts";
import { subscriptionStatus, subscriptionStatuses } from "../../domain/license-status.ts";
import { displayName, nothingAccepted, profileRoles } from "../../domain/people.ts";
import type { UserItem } from "../../table/users.ts";
import type { Workplace } from "../../table/workplaces.ts";
import { Clearable, Named, Phone, Text, Timestamp, TimeZone, timestamp, WebAddress } from "./fields.ts";
import { lazily, type Of } from "./lazily.ts";

const nullable = z.nullable;

export const Certificate = lazily(() =>
  z.strictObject({
    id: Text(),
    url: WebAddress(),
    source: Text(),
    createdAt: Timestamp(),
  }),
);

/** Which legal terms were approved, when, and by whom. */
export const Approval = lazily(() =>
  z.strictObject({
    version: Text(),
    acceptedAt: Timestamp(),
    acceptedByUserId: z.string(),
  }),
);

export const Compliance = lazily(() =>
  z.strictObject({
    acceptedTerms: z.boolean(),
    acceptedToSubscription: z.boolean(),
    acceptedSms: z.boolean(),
    acceptedBaa: z.boolean(),
    acceptedEmail: z.boolean(),
    trustedFormCertificates: z.array(Certificate()).check(z.maxLength(20)),
    legalTerms: nullable(Approval()),
    onboardingCompletedAt: nullable(Timestamp()),
  }),
);

/** What somebody accepts, or no longer does: only what changes is given. */
export const ComplianceUpdate = lazily(() => z.partial(Compliance()));

/** The profile of GET and PUT /users/me. */
export const UserResponse = lazily(() =>
  z.strictObject({
    id: z.string(),
    createdAt: Timestamp(),
    modifiedAt: nullable(Timestamp()),
    name: nullable(z.string()),
    email: nullable(z.string()),
    firstName: nullable(z.string()),
    lastName: nullable(z.string()),
    phone: nullable(z.string()),
    billingPlan: nullable(z.enum(["Annual", "Monthly"])),
    subscriptionStatus: nullable(z.enum(subscriptionStatuses)),
    roles: z.array(z.enum(["Initialized", "Agent", "Admin", "SuperUser"])),
    identities: z.array(
      z.strictObject({ issuer: z.string(), issuerAssignedId: z.string(), signInType: z.string() }),
    ),
    stripeInfo: z.strictObject({
      customerId: nullable(z.string()),
      defaultPaymentMethodId: nullable(z.string()),
      subscriptionIds: z.array(z.string()),
      cancelAt: nullable(Timestamp()),
    }),
    accountBalance: z.number(),
    autoRefillEnabled: z.boolean(),
    autoRefillAmount: nullable(z.number()),
    autoRefillTrigger: nullable(z.number()),
    business: nullable(Named()),
    compliance: Compliance(),
  }),
);

/** What PUT /users/me takes: members that are left out stay as they are, null takes one back. */
export const UserUpdate = lazily(() =>
  z.strictObject({
    name: Clearable(Text()),
    firstName: Clearable(Text()),
    lastName: Clearable(Text()),
    /** Taken so that clients can send back what they got; only the identity provider changes it. */
    email: z.optional(nullable(z.string())),
    phone: Clearable(Phone()),
    timeZoneId: Clearable(TimeZone()),
    compliance: z.optional(ComplianceUpdate()),
  }),
);

/** A user as the API shows them; their billing is that of the business they are at work in. */
export function userResponse(user: UserItem, workplace: Workplace | undefined): Of<typeof UserResponse> {
  const { customer, subscription } = workplace?.licenses ?? {};
  const role: Role | undefined = workplace && roleOf(workplace.member.access);
  return {
    id: user.id,
    createdAt: timestamp(user.createdAt),
    modifiedAt: timestamp(user.modifiedAt),
    name: displayName(user),
    email: user.email ?? null,
    firstName: user.firstName ?? null,
    lastName: user.lastName ?? null,
    phone: user.phone ?? null,
    billingPlan: subscription?.plan ?? null,
    subscriptionStatus: workplace ? subscriptionStatus(workplace.licenses) : null,
    roles: profileRoles(role),
    identities: user.identities.map(({ issuer, subject }) => ({
      issuer,
      issuerAssignedId: subject,
      signInType: "federated",
    })),
    stripeInfo: {
      customerId: customer?.id ?? null,
      defaultPaymentMethodId: customer?.paymentMethodId ?? null,
      subscriptionIds: subscription ? [subscription.id] : [],
      cancelAt: timestamp(subscription?.cancelAt ?? undefined),
    },
    accountBalance: customer?.balance ?? 0,
    autoRefillEnabled: false,
    autoRefillAmount: null,
    autoRefillTrigger: null,
    business: workplace ? { id: workplace.business.id, name: workplace.business.name } : null,
    compliance: Object.assign({ ...nothingAccepted }, user.compliance),
  };
}
