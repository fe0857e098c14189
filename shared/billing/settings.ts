import type { BillingSettings } from "../domain/billing-settings.ts";

/** How this deployment bills; undefined where it doesn't. */
export function billingSettings(): BillingSettings | undefined {
  return JSON.parse(process.env.BILLING ?? "null") ?? undefined;
}
