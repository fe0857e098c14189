/** What the local Stripe sells from the start: the prices that cdk.json names for the stage "local". */
import type Stripe from "stripe";

const products = { prod_plan: "Tenantry", prod_license: "Tenantry license" } as const;

const prices = [
  { id: "price_plan_annual", product: "prod_plan", interval: "year", amount: 99_000 },
  { id: "price_plan_monthly", product: "prod_plan", interval: "month", amount: 9_900 },
  { id: "price_license_annual", product: "prod_license", interval: "year", amount: 12_000 },
  { id: "price_license_monthly", product: "prod_license", interval: "month", amount: 1_200 },
] as const;

/** Products and prices are older than anything else there is. */
const created = Date.UTC(2026, 0) / 1000;

export const catalogue = {
  products: Object.entries(products).map(
    ([id, name]): Stripe.Product => ({
      ...{ id, object: "product", name, active: true, type: "service", created, updated: created },
      ...{ description: null, images: [], livemode: false, marketing_features: [], metadata: {} },
      ...{ package_dimensions: null, shippable: null, tax_details: null, url: null },
    }),
  ),
  prices: prices.map(
    ({ id, product, interval, amount }): Stripe.Price => ({
      ...{ id, object: "price", active: true, billing_scheme: "per_unit", created, currency: "usd", product },
      ...{ custom_unit_amount: null, livemode: false, lookup_key: null, metadata: {}, nickname: null },
      ...{ tax_behavior: "unspecified", tiers_mode: null, transform_quantity: null, type: "recurring" },
      ...{ unit_amount: amount, unit_amount_decimal: null },
      recurring: {
        interval,
        interval_count: 1,
        meter: null,
        trial_period_days: null,
        usage_type: "licensed",
      },
    }),
  ),
};
