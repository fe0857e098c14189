/** What an invoice would be, were it made now. */
import type Stripe from "stripe";
import { periodEnd } from "./calendar.ts";
import type { Call, Moment } from "./call.ts";
import { drawUp } from "./invoice.ts";
import { changeItems } from "./item-changes.ts";
import { pendingOf, periodLines } from "./lines.ts";
import { invalid, noneUpcoming } from "./problem.ts";
import { livingOf } from "./subscription.ts";

/**
 * With `always_invoice` it is the invoice that the change itself would make; otherwise the one that comes at the
 * end of the period, with what waits for it.
 */
export function preview(call: Call<"POST /v1/invoices/create_preview">): Stripe.Invoice {
  const { params, change } = call;
  const {
    items = [],
    proration_behavior: behavior = "create_prorations",
    ...rest
  } = params.subscription_details ?? {};
  if (!params.subscription) throw invalid("The local Stripe previews invoices of subscriptions only.");
  const before = livingOf(change, params.subscription, "subscription");
  const prorated = behavior === "none" ? "none" : "create_prorations";
  const terms = { behavior: prorated, orFail: false, at: rest.proration_date };
  // The caller forgets the change: nobody hears of it.
  const after = items.length > 0 ? changeItems({ ...call, copies: 0 }, before, items, terms) : before;
  if (behavior === "always_invoice") return drawUp(call, atOnce(call, after));
  return drawUp(call, atEnd(call, after));
}

/** What waits is charged along. */
function atOnce({ change, now }: Moment, subscription: Stripe.Subscription) {
  const lines = pendingOf(change, subscription.id);
  const end = subscription.items.data[0]?.current_period_end ?? now;
  return { subscription, lines, reason: "subscription_update", period: { start: now, end } };
}

/** The invoice at the end of the running period: what waits, and the period that comes. */
export function atEnd({ change, now }: Moment, subscription: Stripe.Subscription) {
  const [item] = subscription.items.data;
  const start = item?.current_period_end ?? now;
  const interval = item?.price.recurring?.interval ?? "month";
  const end = periodEnd(subscription.billing_cycle_anchor, interval, start);
  const goesOn = subscription.cancel_at === null || subscription.cancel_at > start;
  const coming = goesOn ? periodLines(subscription, { start, end }) : [];
  const lines = [...pendingOf(change, subscription.id), ...coming];
  if (lines.length === 0) throw noneUpcoming(subscription.customer as string);
  return {
    subscription,
    lines,
    reason: "upcoming",
    period: { start: item?.current_period_start ?? now, end: start },
  };
}
