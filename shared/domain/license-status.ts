import type { Ledger } from "./ledger.ts";
import { isBehind, isParked } from "./ledger-work.ts";

export const licenseBillingStatuses = [
  "NotBilled",
  "Pending",
  "Active",
  "PaymentRequired",
  "Released",
  "Detached",
] as const;
export type LicenseBillingStatus = (typeof licenseBillingStatuses)[number];

/** How a business's licenses are billed: Active only where Stripe has as many as are held. The license of somebody who left, or was never answered, is released. */
export function licenseBillingStatus(ledger: Ledger, isHeld = true): LicenseBillingStatus {
  if (!isHeld) return "Released";
  const { subscription, detachedAt, op, drift, seats, appliedQuantity } = ledger;
  if (!subscription) return detachedAt === undefined ? "NotBilled" : "Detached";
  if (isParked(ledger) || owesMoney.has(subscription.status)) return "PaymentRequired";
  return op || isBehind(ledger) || drift || appliedQuantity !== seats ? "Pending" : "Active";
}

const owesMoney = new Set(["past_due", "unpaid", "incomplete"]);

export const subscriptionStatuses = ["Pending", "Active", "Overdue", "Canceled"] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

/** The state of the subscription as the API says it; null where there never was one. */
export function subscriptionStatus(ledger: Ledger): SubscriptionStatus | null {
  const { subscription, detachedAt, checkoutUntil } = ledger;
  if (!subscription) {
    if (checkoutUntil !== undefined) return "Pending";
    return detachedAt === undefined ? null : "Canceled";
  }
  return owesMoney.has(subscription.status) ? "Overdue" : "Active";
}
