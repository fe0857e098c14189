import {
  AlreadySubscribed,
  Busy,
  Failed,
  NoBilling,
  NoSubscription,
  StripeRefused,
  StripeUnavailable,
  TooManyRequests,
} from "../domain/failures.ts";
import type { BillingPlan, Customer, Ledger } from "../domain/ledger.ts";
import { isRefusal } from "../domain/stripe-answers.ts";
import type { Context, Operation } from "../operation.ts";
import { type BillingPage, takeBillingTurn, turnNeeds } from "../table/billing-turns.ts";
import type { BusinessState } from "../table/businesses.ts";
import { customerOf } from "./customer-of.ts";
import type { Answer, Checkout, Preview } from "./gateway.ts";
import { oneCheckout } from "./one-checkout.ts";
import { billingSettings } from "./settings.ts";
import { stripeFor } from "./stripe-of.ts";

/** What a page of Stripe's, or a price, may be waited for. */
const longest = 8_000;
const reserve = 800;

const secret = { actions: ["secretsmanager:GetSecretValue"], resource: "stripeSecret" } as const;
const setting = { setting: "billing" } as const;
const needs = [turnNeeds, secret, setting] as const satisfies Operation["needs"];

/** Opens a Checkout for a plan, and the customer at Stripe on first need: the same one for the same request. */
export const openCheckout = {
  name: "openCheckout",
  needs: [
    turnNeeds,
    secret,
    setting,
    { actions: ["dynamodb:PutItem"], partitions: ["STRIPE"] },
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
  ],
  fails: [NoBilling, AlreadySubscribed, StripeUnavailable, StripeRefused, TooManyRequests, Busy],
  async run(
    context: Context,
    { business, licenses }: BusinessState,
    plan: BillingPlan,
  ): Promise<{ customer: Customer; checkout: Checkout }> {
    const { stripe, settings, bounded } = await counter(context, business.id, "CHECKOUT");
    if (licenses.subscription) throw new Failed(AlreadySubscribed);
    const customer = await customerOf(context, { stripe, heard, bounded }, { business, licenses });
    const { license, base } = settings.plans[plan];
    const lines = [
      ...(base ? [{ priceId: base, quantity: 1 }] : []),
      { priceId: license, quantity: licenses.seats },
    ];
    const wanted = { customerId: customer.id, businessId: business.id, lines };
    const pages = { successUrl: settings.returnUrl, cancelUrl: settings.returnUrl };
    return { customer, checkout: await oneCheckout(stripe, { ...wanted, ...pages }, heard, bounded) };
  },
} satisfies Operation;

/** A link to Stripe's portal, where cards, plans and invoices are. */
export const openPortal = {
  name: "openPortal",
  needs,
  fails: [NoBilling, NoSubscription, StripeUnavailable, StripeRefused, TooManyRequests, Busy],
  async run(context: Context, businessId: string, { customer }: Ledger): Promise<{ url: string }> {
    const { stripe, settings, bounded } = await counter(context, businessId, "PORTAL");
    if (!customer) throw new Failed(NoSubscription);
    const place = { customerId: customer.id, returnUrl: settings.returnUrl };
    return heard(await stripe.portalLink(place, bounded()));
  },
} satisfies Operation;

/** What so many more licenses would cost, by Stripe's own preview; undefined where nothing is billed. */
export const previewLicenses = {
  name: "previewLicenses",
  needs,
  fails: [StripeUnavailable, StripeRefused, TooManyRequests, Busy],
  async run(
    context: Context,
    businessId: string,
    { subscription, seats }: Ledger,
    add: number,
  ): Promise<Preview | undefined> {
    if (!billingSettings() || !subscription) return undefined;
    const { stripe, settings, bounded } = await counter(context, businessId, "PREVIEW");
    const { id: subscriptionId, itemId } = subscription;
    const { prorationBehavior } = settings;
    const change = { item: { id: itemId }, quantity: seats + add, prorationBehavior, at: context.now };
    return heard(await stripe.previewInvoice({ subscriptionId, ...change }, bounded()));
  },
} satisfies Operation;

/** What it takes to deal with Stripe: nobody does before the check of the caller has passed. */
async function counter(context: Context, businessId: string, page: BillingPage) {
  const settings = billingSettings();
  if (!settings) throw new Failed(NoBilling);
  await takeBillingTurn(context, businessId, page);
  const bounded = () => ({ within: Math.min(longest, context.timeLeft() - reserve) });
  return { settings, stripe: await stripeFor(context, businessId), bounded };
}

function heard<Value>(answer: Answer<Value>): Value {
  if (answer.ok) return answer.value;
  throw isRefusal(answer) ? new Failed(StripeRefused) : new Failed(StripeUnavailable, { retryAfter: 10 });
}
