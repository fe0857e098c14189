/** Changes of a subscription's items, and what they cost. */
import type Stripe from "stripe";
import type { Moment } from "./call.ts";
import { bill } from "./invoice.ts";
import { newItem } from "./items.ts";
import { pendingOf, prorate } from "./lines.ts";
import { keepPace } from "./pace.ts";
import { settle } from "./payment.ts";
import { missing } from "./problem.ts";
import { save } from "./subscription.ts";

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
