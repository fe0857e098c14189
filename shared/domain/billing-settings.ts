import type { BillingPlan, Proration } from "./ledger.ts";

/** The prices at Stripe that a plan is made of. */
export interface PlanPrices {
  /** Paid for each license. */
  readonly license: string;
  /** Paid once; absent where licenses are all that is paid for. */
  readonly base?: string | undefined;
  /** What it was made of before: subscriptions of these prices are of this plan too. */
  readonly formerPrices?: readonly Pick<PlanPrices, "license" | "base">[] | undefined;
  /** What they cost, for people to see before they choose: in the currency's smallest unit. */
  readonly amounts?: PlanAmounts | undefined;
}

export interface PlanAmounts {
  readonly currency: string;
  readonly license: number;
  readonly base?: number | undefined;
}

/** How licenses are billed: set for each deployment. */
export interface BillingSettings {
  /** `report`, after the table was restored: Stripe is read and differences are reported, nothing is changed there. */
  readonly mode: "apply" | "report";
  readonly plans: Readonly<Record<BillingPlan, PlanPrices>>;
  readonly prorationBehavior: Proration;
  /** Where Stripe's pages lead back to. */
  readonly returnUrl: string;
}
