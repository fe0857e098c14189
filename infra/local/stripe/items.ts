/** A subscription's items, and what a change of them costs. */
import type Stripe from "stripe";
import { periodEnd } from "./calendar.ts";
import { type Moment, newId } from "./call.ts";
import { bill, pay } from "./invoice.ts";
import { prorate } from "./lines.ts";
import { keepPace } from "./pace.ts";
import { priceOf } from "./prices.ts";
import { invalid, missing } from "./problem.ts";
import type { Change } from "./store.ts";
import { save } from "./subscription.ts";

interface Added {
  readonly subscription: Pick<Stripe.Subscription, "id" | "billing_cycle_anchor">;
  readonly price: string | undefined;
  readonly quantity: number;
  /** The items that are there. */
  readonly beside: readonly Stripe.SubscriptionItem[];
  readonly now: number;
}

/** One more item: a price is there only once, and all have one rhythm. */
export function newItem({
  subscription,
  price: priceId,
  quantity,
  beside,
  now,
}: Added): Stripe.SubscriptionItem {
  const price = priceOf(priceId ?? "");
  if (beside.some((item) => item.price.id === price.id))
    throw invalid(`Cannot add multiple subscription items with the same plan: ${price.id}`, "price");
  const interval = price.recurring?.interval ?? "month";
  if (beside.some((item) => item.price.recurring?.interval !== interval))
    throw invalid("Currency and interval fields must match across all plans on this subscription.", "price");
  const [first] = beside;
  return {
    ...{ id: newId("si"), object: "subscription_item", created: now, price, plan: planOf(price), quantity },
    ...{
      subscription: subscription.id,
      billing_thresholds: null,
      current_trial: null,
      discounts: [],
      metadata: {},
    },
    current_period_start: first?.current_period_start ?? now,
    current_period_end:
      first?.current_period_end ?? periodEnd(subscription.billing_cycle_anchor, interval, now),
    tax_rates: [],
  };
}

function planOf({ id, created, currency, product, recurring, unit_amount }: Stripe.Price): Stripe.Plan {
  return {
    ...{ id, object: "plan", active: true, amount: unit_amount, amount_decimal: null, created, currency },
    ...{ billing_scheme: "per_unit", interval: recurring?.interval ?? "month", interval_count: 1 },
    ...{ livemode: false, metadata: {}, meter: null, nickname: null, product, tiers_mode: null },
    ...{ transform_usage: null, trial_period_days: null, usage_type: "licensed" },
  };
}

/** What waits for the next invoice of a subscription, the oldest first. */
export function pendingOf(change: Change, subscriptionId: string): Stripe.InvoiceLineItem[] {
  const all = change.all("pending_line").filter(({ subscription }) => subscription === subscriptionId);
  return all.reverse();
}

export interface ItemChange {
  readonly id?: string | undefined;
  readonly price?: string | undefined;
  readonly quantity?: number | undefined;
  readonly deleted?: boolean | undefined;
}

export interface Terms {
  readonly behavior: string;
  readonly orFail: boolean;
  readonly at?: number | undefined;
}

/** Changes items, and bills the difference as the proration behaviour says. */
export function changeItems(
  moment: Moment,
  before: Stripe.Subscription,
  changes: readonly ItemChange[],
  { behavior, orFail, at = moment.now }: Terms,
): Stripe.Subscription {
  const { change, now } = moment;
  let data: readonly Stripe.SubscriptionItem[] = before.items.data;
  const lines: Stripe.InvoiceLineItem[] = [];
  for (const { id, price, quantity, deleted } of changes) {
    const existing = data.find((item) => item.id === id);
    if (id && !existing) throw missing("subscription item", id, "items", 400);
    const item = existing ?? newItem({ subscription: before, price, quantity: 0, beside: data, now });
    const next = deleted ? 0 : (quantity ?? (existing ? existing.quantity : 1) ?? 0);
    if (next !== item.quantity) {
      keepPace(moment, before.id, "updates");
      lines.push(...prorate(before, item, next, at));
    }
    const changed = { ...item, quantity: next };
    const others = data.filter((one) => one.id !== item.id);
    if (deleted) data = others;
    else data = existing ? data.map((one) => (one.id === id ? changed : one)) : [...data, changed];
  }
  const after = { ...before, items: { ...before.items, data: [...data] } };
  if (behavior === "create_prorations") for (const line of lines) change.put("pending_line", line);
  const due = behavior === "always_invoice" && lines.length > 0;
  return save(moment, due ? invoiceNow(moment, after, lines, orFail) : after);
}

function invoiceNow(
  moment: Moment,
  subscription: Stripe.Subscription,
  lines: readonly Stripe.InvoiceLineItem[],
  orFail: boolean,
): Stripe.Subscription {
  const { change, now } = moment;
  const waiting = pendingOf(change, subscription.id);
  for (const { id } of waiting) change.remove("pending_line", id);
  const invoice = bill(moment, {
    ...{ subscription, lines: [...waiting, ...lines], reason: "subscription_update" },
    period: { start: now, end: subscription.items.data[0]?.current_period_end ?? now },
  });
  return settle(moment, invoice, subscription, orFail);
}

/** Charges an invoice, and says what that makes of its subscription. */
export function settle(
  moment: Moment,
  invoice: Stripe.Invoice,
  subscription: Stripe.Subscription,
  orFail = false,
): Stripe.Subscription {
  const { refused } = pay(moment, invoice, subscription);
  if (refused && orFail) throw refused;
  return { ...subscription, latest_invoice: invoice.id, status: refused ? "past_due" : "active" };
}
