import type { BillingSettings } from "../shared/domain/billing-settings.ts";

/** A deployment that bills, as functions are told of it. */
export const billing: BillingSettings = {
  mode: "apply",
  plans: {
    Annual: { license: "price_annual", base: "price_annual_base" },
    Monthly: { license: "price_monthly", base: "price_monthly_base" },
  },
  prorationBehavior: "create_prorations",
  returnUrl: "https://app.example.com/billing",
};
