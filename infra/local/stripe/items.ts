/** A subscription's items. */
import type Stripe from "stripe";
import { periodEnd } from "./calendar.ts";
import { newId } from "./call.ts";
import { priceOf } from "./prices.ts";
import { invalid } from "./problem.ts";

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
