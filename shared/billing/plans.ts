import type { PlanPrices } from "../domain/billing-settings.ts";
import type { BillingPlan } from "../domain/ledger.ts";
import type { Operation } from "../operation.ts";
import { billingSettings } from "./settings.ts";

/** The plans that a business can pay for, and the prices that they are made of: none where nothing is billed. */
export const availablePlans = {
  name: "availablePlans",
  needs: [{ setting: "billing" }],
  async run(): Promise<readonly (readonly [BillingPlan, PlanPrices])[]> {
    return Object.entries(billingSettings()?.plans ?? {}) as [BillingPlan, PlanPrices][];
  },
} satisfies Operation;
