import type { BillingSettings } from "../domain/billing-settings.ts";
import { inUnits } from "../domain/currencies.ts";
import type { Subscription as Known } from "../domain/ledger.ts";
import type { Facts } from "../domain/ledger-looks.ts";
import { log } from "../endpoint/log.ts";
import type { Answer, Bounded, Customer, Gateway } from "./gateway.ts";
import { oursOf } from "./our-subscription.ts";

/** What Stripe has of a business. */
export interface Found extends Facts {
  /** How many living subscriptions pay for licenses: more than one is one too many. */
  readonly subscriptions: number;
}

/** A business's customer, the subscription that is known of them, and whether anything may be changed at Stripe. */
interface Who {
  readonly businessId: string;
  readonly customerId: string;
  readonly known: Known | undefined;
  readonly mayWrite: boolean;
}

const nothing = { subscription: null, quantity: undefined, subscriptions: 0 } as const;

/**
 * Reads what Stripe has of a customer: the subscription that pays for licenses, which is the one that is known
 * (`known`) for as long as it lives, else the newest. A customer who was deleted has nothing; one whom Stripe doesn't
 * know (404) may be another account's, and tells nothing. A subscription that has no item for licenses yet gets one,
 * of none, where that may be (`mayWrite`).
 */
export async function readFacts(
  stripe: Gateway,
  settings: BillingSettings,
  { businessId, customerId, known, mayWrite }: Who,
  bounded: Bounded,
): Promise<Answer<Found>> {
  const [customer, subscriptions] = await Promise.all([
    readCustomer(stripe, businessId, customerId, bounded),
    stripe.listSubscriptions(customerId, bounded),
  ]);
  if (!customer.ok) return customer;
  if (!customer.value) return { ...customer, value: { ...nothing, customer: null } };
  if (!subscriptions.ok) return subscriptions;
  const { id, defaultPaymentMethodId } = customer.value;
  const ours = oursOf(subscriptions.value, settings, known);
  const [paying] = ours;
  const paymentMethodId = paying?.subscription.defaultPaymentMethodId ?? defaultPaymentMethodId;
  const found = { id, balance: creditOf(customer.value), paymentMethodId };
  const unpaid = { ...customer, value: { ...nothing, customer: found } };
  if (!paying) return unpaid;
  const { subscription, plan } = paying;
  const place = { subscriptionId: subscription.id, priceId: settings.plans[plan].license };
  if (!paying.item && !mayWrite) return unpaid;
  const item = paying.item ?? (await stripe.licenseItem(place, bounded));
  if ("ok" in item && !item.ok) return item;
  const { id: itemId, periodStart, periodEnd, quantity } = "ok" in item ? item.value : item;
  const value: Found = {
    customer: found,
    subscription: {
      ...{ id: subscription.id, itemId, plan, status: subscription.status },
      ...{ isPaused: subscription.paused, cancelAt: subscription.cancelAt },
      ...{ periodStartAt: periodStart, renewsAt: periodEnd },
    },
    quantity,
    subscriptions: ours.length,
  };
  return { ...customer, value };
}

/**
 * Reads the customer of a business. One whom the account of the key doesn't know is told: nothing that it says is about
 * us, and an alarm counts them.
 */
export async function readCustomer(
  stripe: Gateway,
  businessId: string,
  customerId: string,
  bounded: Bounded,
): Promise<Answer<Customer | null>> {
  const answer = await stripe.readCustomer(customerId, bounded);
  if (!answer.ok && answer.status === 404) log("error", { unreadableCustomer: businessId });
  return answer;
}

/** What a customer has paid in advance: Stripe counts what is owed, in the smallest unit of the currency. */
function creditOf({ balance, currency }: Customer): number {
  return balance === 0 || currency === null ? 0 : inUnits(-balance, currency);
}
