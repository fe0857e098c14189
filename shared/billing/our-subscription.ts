/** Which of a customer's subscriptions pays for licenses, and by which item: first by their ids, then by prices. */
import type { BillingSettings, PlanPrices } from "../domain/billing-settings.ts";
import type { BillingPlan, Subscription as Known } from "../domain/ledger.ts";
import type { Subscription, SubscriptionItem } from "./gateway.ts";

export interface Ours {
  readonly subscription: Subscription;
  readonly plan: BillingPlan;
  /** The item of the licenses; undefined where it has none yet. */
  readonly item: SubscriptionItem | undefined;
}

/** Whether a subscription pays, or would if it could: one that has ended, or never began, doesn't. */
export function isAlive({ status }: Subscription): boolean {
  return status !== "canceled" && status !== "incomplete" && status !== "incomplete_expired";
}

/**
 * Those of our subscriptions that live, the known one first. One that holds the known item stays ours whatever its
 * prices are called now: prices change, in the configuration and in Stripe's dashboard.
 */
export function oursOf(
  subscriptions: readonly Subscription[],
  settings: BillingSettings,
  known: Pick<Known, "id" | "itemId" | "plan"> | undefined,
): readonly Ours[] {
  const ours = subscriptions.filter(isAlive).flatMap((subscription): Ours[] => {
    const knownItem = subscription.items.find(({ id }) => id === known?.itemId);
    const plan = planOf(subscription, settings) ?? (knownItem && known?.plan);
    if (!plan) return [];
    return [{ subscription, plan, item: knownItem ?? licenseItemOf(subscription, settings.plans[plan]) }];
  });
  const isKnown = ({ subscription }: Ours) => subscription.id === known?.id;
  return [...ours.filter(isKnown), ...ours.filter((one) => !isKnown(one))];
}

/** The prices that a plan is made of, and those that it was made of before. */
function pricesOf(plan: PlanPrices): readonly Pick<PlanPrices, "license" | "base">[] {
  return [plan, ...(plan.formerPrices ?? [])];
}

/** The plan that a subscription is of, by its prices; undefined where it is of none of ours. */
function planOf({ items }: Subscription, { plans }: BillingSettings): BillingPlan | undefined {
  const names = Object.keys(plans) as BillingPlan[];
  return names.find((name) =>
    pricesOf(plans[name]).some(({ license, base }) =>
      items.some(({ priceId }) => priceId === license || priceId === base),
    ),
  );
}

function licenseItemOf({ items }: Subscription, plan: PlanPrices): SubscriptionItem | undefined {
  return items.find(({ priceId }) => pricesOf(plan).some(({ license }) => license === priceId));
}
