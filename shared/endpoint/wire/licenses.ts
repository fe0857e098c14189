import * as z from "zod/mini";
import type { Ledger } from "../../domain/ledger.ts";
import { isParked } from "../../domain/ledger-work.ts";
import {
  licenseBillingStatus,
  licenseBillingStatuses,
  subscriptionStatus,
  subscriptionStatuses,
} from "../../domain/license-status.ts";
import { Timestamp, timestamp } from "./fields.ts";
import { lazily, type Of } from "./lazily.ts";

const nullable = z.nullable;
const Count = lazily(() => z.int().check(z.minimum(0)));

export const BillingPlanName = lazily(() => z.enum(["Annual", "Monthly"]));
export const LicenseBillingStatusName = lazily(() => z.enum(licenseBillingStatuses));

export const LicensesResponse = lazily(() =>
  z.strictObject({
    seats: Count(),
    members: Count(),
    openInvitations: Count(),
    seatLimit: nullable(Count()),
    licenseBillingStatus: LicenseBillingStatusName(),
    billingPlan: nullable(BillingPlanName()),
    subscriptionStatus: nullable(z.enum(subscriptionStatuses)),
    isPaused: z.boolean(),
    appliedQuantity: nullable(Count()),
    drift: nullable(z.int()),
    openIntent: nullable(
      z.strictObject({ quantity: Count(), openedAt: Timestamp(), ageSeconds: Count(), attempts: Count() }),
    ),
    paymentRetryAt: nullable(Timestamp()),
    licenseRenewalDate: nullable(Timestamp()),
    cancelAt: nullable(Timestamp()),
    checkoutExpiresAt: nullable(Timestamp()),
  }),
);

/** A business's ledger as the API shows it. `drift` is what Stripe has too many (above zero) or too few of. */
export function licensesResponse(ledger: Ledger, now: number): Of<typeof LicensesResponse> {
  const { seats, openInvitations, seatLimit, subscription, appliedQuantity, op, parked, drift } = ledger;
  const { checkoutUntil = 0 } = ledger;
  const atStripe = drift?.quantity ?? appliedQuantity;
  return {
    seats,
    members: seats - openInvitations,
    openInvitations,
    seatLimit: seatLimit ?? null,
    licenseBillingStatus: licenseBillingStatus(ledger),
    billingPlan: subscription?.plan ?? null,
    subscriptionStatus: subscriptionStatus(ledger),
    isPaused: subscription?.isPaused ?? false,
    appliedQuantity: appliedQuantity ?? null,
    drift: subscription && atStripe !== undefined ? atStripe - seats : null,
    openIntent: op
      ? {
          quantity: op.request.quantity,
          openedAt: timestamp(op.openedAt),
          ageSeconds: Math.max(0, Math.round((now - op.openedAt) / 1_000)),
          attempts: op.attempts,
        }
      : null,
    paymentRetryAt: isParked(ledger) && !drift ? timestamp(parked?.until) : null,
    licenseRenewalDate: timestamp(subscription?.renewsAt),
    cancelAt: timestamp(subscription?.cancelAt ?? undefined),
    checkoutExpiresAt: timestamp(checkoutUntil > now ? checkoutUntil : undefined),
  };
}

/** What PUT /businesses/me/licenses takes. */
export const LicensesUpdate = lazily(() =>
  z.strictObject({
    seatLimit: nullable(z.int().check(z.minimum(1), z.maximum(1_000_000))),
  }),
);

/** What POST /businesses/me/licenses/preview takes. */
export const PreviewRequest = lazily(() =>
  z.strictObject({ add: z.int().check(z.minimum(1), z.maximum(10_000)) }),
);

export const PreviewResponse = lazily(() =>
  z.strictObject({
    allowed: z.boolean(),
    reason: nullable(z.string()),
    seats: Count(),
    seatLimit: nullable(Count()),
    currency: nullable(z.string()),
    amountNow: nullable(z.int()),
    proratedAmount: nullable(z.int()),
    nextInvoiceAmount: nullable(z.int()),
    nextInvoiceAt: nullable(Timestamp()),
  }),
);

/** What POST /businesses/me/subscription takes. */
export const NewSubscription = lazily(() => z.strictObject({ billingPlan: BillingPlanName() }));

/** A page of Stripe's to send the person to. */
export const CheckoutResponse = lazily(() => z.strictObject({ url: z.string(), expiresAt: Timestamp() }));
export const PortalResponse = lazily(() => z.strictObject({ url: z.string() }));
