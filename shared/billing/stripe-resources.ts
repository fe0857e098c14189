/**
 * The resources of Stripe's SDK that Tenantry asks, by their names on its client. Only these are bundled
 * (infra/stripe-sdk.ts), hence the type: what isn't here can't be called.
 */
import type Stripe from "stripe";

export const stripeResources = [
  "billingPortal",
  "checkout",
  "customers",
  "invoices",
  "subscriptionItems",
  "subscriptions",
] as const satisfies readonly (keyof Stripe)[];

export type StripeClient = Pick<Stripe, (typeof stripeResources)[number]>;
