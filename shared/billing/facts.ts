import type { BillingSettings } from "../domain/billing-settings.ts";
import type { BillingPlan } from "../domain/ledger.ts";
import type { Facts } from "../domain/ledger-looks.ts";
import type { Bounded, Customer, Gateway, Subscription, SubscriptionItem } from "./gateway.ts";

/** What Stripe has of a business, with the quantity of its licenses. */
export interface Found extends Facts {
  readonly quantity: number | undefined;
}

const nothing: Found = { customer: null, subscription: null, quantity: undefined };

/**
 * Reads what Stripe has of a customer: the subscription that pays for licenses, which is the one that is known
 * (`known`) for as long as it lives, else the newest. Undefined where Stripe doesn't answer. A subscription that
 * has no item for licenses yet gets one, of none, where that may be (`mayWrite`).
 */
export async function readFacts(
  stripe: Gateway,
  settings: BillingSettings,
  { customerId, known, mayWrite }: { customerId: string; known: string | undefined; mayWrite: boolean },
  bounded: Bounded,
): Promise<Found | undefined> {
  const [customer, subscriptions] = await Promise.all([
    stripe.readCustomer(customerId, bounded),
    stripe.listSubscriptions(customerId, bounded),
  ]);
  if (!customer.ok) return customer.status === 404 ? nothing : undefined;
  if (!subscriptions.ok) return undefined;
  const { id, defaultPaymentMethodId } = customer.value;
  const ours = subscriptions.value.filter((one) => isAlive(one) && planOf(one, settings));
  const subscription = ours.find((one) => one.id === known) ?? ours[0];
  const paymentMethodId = subscription?.defaultPaymentMethodId ?? defaultPaymentMethodId;
  const found = { id, balance: creditOf(customer.value), paymentMethodId };
  const plan = subscription && planOf(subscription, settings);
  if (!subscription || !plan) return { ...nothing, customer: found };
  const item = await licenseItem(stripe, subscription, settings.plans[plan].license, mayWrite, bounded);
  if (item === undefined) return undefined;
  if (item === null) return { ...nothing, customer: found };
  return {
    customer: found,
    subscription: {
      id: subscription.id,
      itemId: item.id,
      plan,
      status: subscription.status,
      isPaused: subscription.paused,
      periodStartAt: item.periodStart,
      renewsAt: item.periodEnd,
      cancelAt: subscription.cancelAt,
    },
    quantity: item.quantity,
  };
}

/** What a customer has paid in advance: Stripe counts what is owed, in the smallest unit of the currency. */
function creditOf({ balance, currency }: Customer): number {
  if (balance === 0 || currency === null) return 0;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
  }).resolvedOptions();
  return -balance / 10 ** maximumFractionDigits;
}

/** Whether a subscription pays, or would if it could: one that has ended, or never began, doesn't. */
export function isAlive({ status }: Subscription): boolean {
  return status !== "canceled" && status !== "incomplete" && status !== "incomplete_expired";
}

/** The plan that a subscription is of, by its prices; undefined where it is of none of ours. */
function planOf({ items }: Subscription, { plans }: BillingSettings): BillingPlan | undefined {
  const names = Object.keys(plans) as BillingPlan[];
  return names.find((name) =>
    items.some(({ priceId }) => priceId === plans[name].license || priceId === plans[name].base),
  );
}

/** The item of the licenses: null where there is none and none may be made, undefined where Stripe doesn't answer. */
async function licenseItem(
  stripe: Gateway,
  { id, items }: Subscription,
  priceId: string,
  mayWrite: boolean,
  bounded: Bounded,
): Promise<SubscriptionItem | null | undefined> {
  const found = items.find((item) => item.priceId === priceId);
  if (found || !mayWrite) return found ?? null;
  const made = await stripe.licenseItem({ subscriptionId: id, priceId }, bounded);
  return made.ok ? made.value : undefined;
}
