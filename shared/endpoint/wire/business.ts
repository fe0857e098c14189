import * as z from "zod/mini";
import { subscriptionStatus, subscriptionStatuses } from "../../domain/license-status.ts";
import { type BusinessState, unsaid } from "../../table/businesses.ts";
import { Clearable, DomainName, LongText, Phone, Text, Timestamp, timestamp, WebAddress } from "./fields.ts";
import { lazily, type Of } from "./lazily.ts";

const nullable = z.nullable;

export const PostalAddress = lazily(() =>
  z.strictObject({
    line1: nullable(Text()),
    line2: nullable(Text()),
    city: nullable(Text()),
    state: nullable(Text()),
    postalCode: nullable(Text(20)),
    country: nullable(Text()),
  }),
);

const statuses = ["SettingUp", "SetupCompleted", "Active"] as const;

const profile = () => ({
  secondaryName: Clearable(Text()),
  description: Clearable(LongText()),
  website: Clearable(WebAddress()),
  domain: Clearable(DomainName()),
  vertical: Clearable(Text()),
  phone: Clearable(Phone()),
  address: Clearable(PostalAddress()),
  billingName: Clearable(Text()),
  billingAddress: Clearable(PostalAddress()),
  billingTaxId: Clearable(Text(50)),
  ein: Clearable(Text(50)),
  isDefault: Clearable(z.boolean()),
  parentBusinessId: Clearable(Text(64)),
});

/** What POST /businesses/me takes. */
export const NewBusiness = lazily(() => z.strictObject({ name: Text(), ...profile() }));

/** What PUT /businesses/me takes: members that are left out stay as they are, null takes one back. */
export const BusinessUpdate = lazily(() =>
  z.strictObject({
    name: z.optional(Text()),
    status: z.optional(z.enum(statuses)),
    ...profile(),
  }),
);

export const BusinessResponse = lazily(() =>
  z.strictObject({
    id: z.string(),
    createdAt: Timestamp(),
    modifiedAt: nullable(Timestamp()),
    name: z.string(),
    secondaryName: nullable(z.string()),
    description: nullable(z.string()),
    website: nullable(z.string()),
    domain: nullable(z.string()),
    vertical: nullable(z.string()),
    phone: nullable(z.string()),
    address: nullable(PostalAddress()),
    billingName: nullable(z.string()),
    billingAddress: nullable(PostalAddress()),
    billingTaxId: nullable(z.string()),
    ein: nullable(z.string()),
    isDefault: z.boolean(),
    parentBusinessId: nullable(z.string()),
    status: z.enum(statuses),
    billingPlan: nullable(z.enum(["Annual", "Monthly"])),
    subscriptionStatus: nullable(z.enum(subscriptionStatuses)),
    accountBalance: z.number(),
    autoRefillEnabled: z.boolean(),
    autoRefillAmount: nullable(z.number()),
    autoRefillTrigger: nullable(z.number()),
    billingState: z.strictObject({
      hasStripeCustomer: z.boolean(),
      hasPaymentMethod: z.boolean(),
      businessUserQuantity: z.number(),
      businessUserAssignedQuantity: z.number(),
      planRenewalAt: nullable(Timestamp()),
      planPeriodStartAt: nullable(Timestamp()),
      cancelAt: nullable(Timestamp()),
    }),
  }),
);

/** A business as the API shows it. Nothing is billed until it has a subscription. */
export function businessResponse({ business, licenses }: BusinessState): Of<typeof BusinessResponse> {
  const { subscription, customer } = licenses;
  return {
    id: business.id,
    createdAt: timestamp(business.createdAt),
    modifiedAt: timestamp(business.modifiedAt),
    name: business.name,
    secondaryName: business.secondaryName ?? null,
    description: business.description ?? null,
    website: business.website ?? null,
    domain: business.domain ?? null,
    vertical: business.vertical ?? null,
    phone: business.phone ?? null,
    address: business.address ?? null,
    billingName: business.billingName ?? null,
    billingAddress: business.billingAddress ?? null,
    billingTaxId: business.billingTaxId ?? null,
    ein: business.ein ?? null,
    isDefault: business.isDefault ?? unsaid.isDefault,
    parentBusinessId: business.parentBusinessId ?? null,
    status: business.status ?? unsaid.status,
    billingPlan: subscription?.plan ?? null,
    subscriptionStatus: subscriptionStatus(licenses),
    accountBalance: customer?.balance ?? 0,
    autoRefillEnabled: false,
    autoRefillAmount: null,
    autoRefillTrigger: null,
    billingState: {
      hasStripeCustomer: customer !== undefined,
      hasPaymentMethod: hasPaymentMethod(licenses),
      businessUserQuantity: licenses.appliedQuantity ?? 0,
      businessUserAssignedQuantity: licenses.seats,
      planRenewalAt: timestamp(subscription?.renewsAt),
      planPeriodStartAt: timestamp(subscription?.periodStartAt),
      cancelAt: timestamp(subscription?.cancelAt ?? undefined),
    },
  };
}

/** Whether there is something that pays by default. */
export function hasPaymentMethod({ customer }: BusinessState["licenses"]): boolean {
  return Boolean(customer?.paymentMethodId);
}
