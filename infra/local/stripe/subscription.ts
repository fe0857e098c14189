/** Subscriptions: how they start and end. */
import type Stripe from "stripe";
import { emit, type Moment, newId } from "./call.ts";
import { bill } from "./invoice.ts";
import { newItem } from "./items.ts";
import { pendingOf, periodLines } from "./lines.ts";
import { pay } from "./payment.ts";
import { invalid, listOf, missing } from "./problem.ts";
import type { Change } from "./store.ts";

export interface Start {
  readonly customer: string;
  readonly items: readonly { readonly price?: string; readonly quantity?: number }[];
  readonly metadata: Stripe.Metadata;
  readonly paymentMethod: string | null;
  /** Throws the decline, so that nothing has happened, rather than being `incomplete`. */
  readonly orFail: boolean;
}

export function start(moment: Moment, { customer, items, metadata, paymentMethod, orFail }: Start) {
  const { change, now } = moment;
  const id = newId("sub");
  if (items.length === 0) throw invalid("Missing required param: items.", "items", "parameter_missing");
  const data: Stripe.SubscriptionItem[] = [];
  const place = { id, billing_cycle_anchor: now };
  for (const { price, quantity = 1 } of items)
    data.push(newItem({ subscription: place, price, quantity, beside: data, now }));
  const draft: Stripe.Subscription = {
    ...{
      id,
      object: "subscription",
      status: "incomplete",
      created: now,
      start_date: now,
      customer,
      metadata,
    },
    ...{ billing_cycle_anchor: now, currency: data[0]?.price.currency ?? "usd", livemode: false },
    ...{
      default_payment_method: paymentMethod,
      items: listOf(`/v1/subscription_items?subscription=${id}`, data),
    },
    ...blank(),
  };
  const { current_period_start: begin = now, current_period_end: end = now } = data[0] ?? {};
  const invoice = bill(moment, {
    ...{ subscription: draft, lines: periodLines(draft), reason: "subscription_create" },
    period: { start: begin, end },
  });
  const payment = pay(moment, invoice, draft);
  if (payment.refused && orFail) throw payment.refused;
  const status = payment.refused ? "incomplete" : "active";
  const subscription: Stripe.Subscription = { ...draft, status, latest_invoice: invoice.id };
  change.put("subscription", subscription);
  emit(moment, "customer.subscription.created", subscription);
  return subscription;
}

const blank = () => ({
  ...{ application: null, application_fee_percent: null, billing_cycle_anchor_config: null },
  ...{ billing_schedules: [], billing_thresholds: null, cancel_at: null, cancel_at_period_end: false },
  ...{ canceled_at: null, cancellation_details: null, collection_method: "charge_automatically" },
  ...{ customer_account: null, days_until_due: null, default_source: null, default_tax_rates: [] },
  ...{ description: null, discounts: [], ended_at: null, latest_invoice: null, managed_payments: null },
  ...{ next_pending_invoice_item_invoice: null, on_behalf_of: null, pause_collection: null },
  ...{ pending_invoice_item_interval: null, pending_setup_intent: null, pending_update: null },
  ...{
    trial_start: null,
    schedule: null,
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: null,
  },
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_mode: { type: "flexible", flexible: { proration_discounts: "included" as const } },
  invoice_settings: {
    ...{ account_tax_ids: null, custom_fields: null, description: null, footer: null },
    issuer: { type: "self" },
  },
  payment_settings: {
    ...{ payment_method_options: null, payment_method_types: null, save_default_payment_method: "off" },
  },
});

/** A subscription that can still change. */
export function livingOf(change: Change, id: string, param = "id", status = 404): Stripe.Subscription {
  const subscription = change.get("subscription", id);
  if (!subscription) throw missing("subscription", id, param, status);
  if (ended.has(subscription.status))
    throw invalid("A canceled subscription can only update its cancellation_details and metadata.");
  return subscription;
}

const ended: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);

export function save(moment: Moment, subscription: Stripe.Subscription): Stripe.Subscription {
  moment.change.put("subscription", subscription);
  emit(moment, "customer.subscription.updated", subscription);
  return subscription;
}

export function cancel(moment: Moment, subscription: Stripe.Subscription, at = moment.now) {
  const canceled: Stripe.Subscription = {
    ...{ ...subscription, status: "canceled", ended_at: at },
    canceled_at: subscription.canceled_at ?? at,
  };
  moment.change.put("subscription", canceled);
  for (const { id } of pendingOf(moment.change, subscription.id)) moment.change.remove("pending_line", id);
  emit(moment, "customer.subscription.deleted", canceled);
  return canceled;
}
