/** Stripe's objects in our words: times in milliseconds, and only what the protocol asks about. */
import type Stripe from "stripe";
import type { Checkout, Customer, Subscription, SubscriptionItem, SubscriptionStatus } from "./gateway.ts";

const ms = (seconds: number): number => seconds * 1000;
const msOrNull = (seconds: number | null): number | null => (seconds === null ? null : ms(seconds));
const idOf = (thing: string | { readonly id: string }): string =>
  typeof thing === "string" ? thing : thing.id;
const idOrNull = (thing: string | { readonly id: string } | null): string | null =>
  thing === null ? null : idOf(thing);

export const itemOf = (item: Stripe.SubscriptionItem): SubscriptionItem => ({
  id: item.id,
  subscriptionId: item.subscription,
  priceId: item.price.id,
  quantity: item.quantity ?? 0,
  periodStart: ms(item.current_period_start),
  periodEnd: ms(item.current_period_end),
});

export const subscriptionOf = (subscription: Stripe.Subscription): Subscription => ({
  id: subscription.id,
  customerId: idOf(subscription.customer),
  status: subscription.status as SubscriptionStatus,
  createdAt: ms(subscription.created),
  cancelAt: msOrNull(subscription.cancel_at),
  endedAt: msOrNull(subscription.ended_at),
  paused: subscription.pause_collection !== null || subscription.status === "paused",
  defaultPaymentMethodId: idOrNull(subscription.default_payment_method),
  items: subscription.items.data.map(itemOf),
  metadata: subscription.metadata,
});

export const customerOf = (customer: Stripe.Customer): Customer => ({
  id: customer.id,
  balance: customer.balance,
  currency: customer.currency ?? null,
  defaultPaymentMethodId: idOrNull(customer.invoice_settings.default_payment_method),
  metadata: customer.metadata,
});

export const checkoutOf = (session: Stripe.Checkout.Session): Checkout => ({
  ...{ id: session.id, url: session.url ?? "", expiresAt: ms(session.expires_at) },
  ...{ isOpen: session.status === "open", order: session.metadata?.order },
});

/** The customer that an event is about; a payment method that was detached belongs to nobody any more. */
export function customerIdOf({ object, previous_attributes }: Stripe.Event.Data): string | null {
  const about = object as { object?: string; id?: string; customer?: string | { id: string } | null };
  if (about.object === "customer") return about.id ?? null;
  const before = previous_attributes as { customer?: string | { id: string } | null } | undefined;
  return idOrNull(about.customer ?? before?.customer ?? null);
}
