/** The lines of invoices: what a period costs, what a change within one gives back and adds, and those that wait. */
import type Stripe from "stripe";
import { newId } from "./call.ts";
import type { Change } from "./store.ts";

interface Part {
  readonly subscription: Stripe.Subscription;
  readonly item: Stripe.SubscriptionItem;
  readonly quantity: number;
  readonly amount: number;
  readonly period: Stripe.InvoiceLineItem.Period;
  readonly proration: boolean;
  readonly description: string;
}

const unitOf = ({ price }: Stripe.SubscriptionItem): number => price.unit_amount ?? 0;

function line({ subscription, item, quantity, amount, period, proration, description }: Part) {
  return {
    ...{ id: newId("il"), object: "line_item", amount, subtotal: amount, currency: item.price.currency },
    ...{ description, quantity, period, subscription: subscription.id, invoice: null, livemode: false },
    ...{ discount_amounts: [], discountable: !proration, discounts: [], metadata: {}, taxes: [] },
    ...{ pretax_credit_amounts: [], quantity_decimal: null },
    parent: {
      ...{ type: "subscription_item_details", invoice_item_details: null },
      subscription_item_details: {
        ...{ invoice_item: null, proration, proration_details: { credited_items: null } },
        ...{ subscription: subscription.id, subscription_item: item.id },
      },
    },
    pricing: {
      ...{ type: "price_details", unit_amount_decimal: null },
      price_details: { price: item.price.id, product: item.price.product as string },
    },
  } satisfies Stripe.InvoiceLineItem;
}

/** What a whole period of each item costs; `period` is by default the one that runs. */
export function periodLines(
  subscription: Stripe.Subscription,
  period?: Stripe.InvoiceLineItem.Period,
): Stripe.InvoiceLineItem[] {
  return subscription.items.data.map((item) => {
    const { quantity = 0, current_period_start: start, current_period_end: end } = item;
    const amount = unitOf(item) * quantity;
    const description = `${quantity} × ${item.price.id}`;
    return line({
      ...{ subscription, item, quantity, amount, description, proration: false },
      period: period ?? { start, end },
    });
  });
}

/** What is left of the period, given back at the old quantity and charged at the new one. */
export function prorate(
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  quantity: number,
  now: number,
): Stripe.InvoiceLineItem[] {
  const { current_period_start: start, current_period_end: end, quantity: before = 0 } = item;
  const share = Math.max(0, end - now) / (end - start);
  const part = (count: number, sign: 1 | -1, description: string) => {
    const amount = sign * Math.round(unitOf(item) * count * share);
    const period = { start: now, end };
    return line({ subscription, item, quantity: count, amount, period, proration: true, description });
  };
  const given = part(before, -1, `Unused time on ${before} × ${item.price.id}`);
  const charged = part(quantity, 1, `Remaining time on ${quantity} × ${item.price.id}`);
  return [given, charged].filter(({ amount }) => amount !== 0);
}

/** What waits for the next invoice of a subscription, the oldest first. */
export function pendingOf(change: Change, subscriptionId: string): Stripe.InvoiceLineItem[] {
  const all = change.all("pending_line").filter(({ subscription }) => subscription === subscriptionId);
  return all.reverse();
}
