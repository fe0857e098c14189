/** Stripe by its official SDK. Only `stripe-of.ts` loads this, when there is something to ask. */
import Stripe from "stripe";
import { ask } from "./ask-stripe.ts";
import type { Bounded, Gateway } from "./gateway.ts";
import { previewInvoice } from "./preview-invoice.ts";
import { prepareClient, readSecret } from "./stripe-client.ts";
import { checkoutOf, customerIdOf, customerOf, itemOf, subscriptionOf } from "./stripe-objects.ts";

/** Seconds that a webhook may be old. */
const tolerance = 300;

/** Stripe, whose client is being made ready meanwhile. */
export function openStripe(): Gateway {
  prepareClient();
  return stripe;
}

export const stripe: Gateway = {
  setQuantity({ itemId, quantity, prorationBehavior, apiVersion }, idempotencyKey, bounded) {
    const change: Stripe.SubscriptionItemUpdateParams = {
      ...{ quantity, proration_behavior: prorationBehavior },
      // Otherwise a declined card would not stop the change, and leave the subscription past due.
      ...(prorationBehavior === "always_invoice" && { payment_behavior: "error_if_incomplete" }),
    };
    return ask(
      bounded,
      (sdk, options) =>
        sdk.subscriptionItems.update(itemId, change, { ...options, idempotencyKey, apiVersion }),
      itemOf,
    );
  },

  readSubscription: (id, bounded) =>
    ask(bounded, (sdk, options) => sdk.subscriptions.retrieve(id, {}, options), subscriptionOf),

  listSubscriptions: (customer, bounded) =>
    ask(
      bounded,
      (sdk, options) => sdk.subscriptions.list({ customer, status: "all", limit: 100 }, options),
      ({ data }) => data.map(subscriptionOf),
    ),

  async licenseItem({ subscriptionId, priceId }, bounded) {
    const found = await findItem(subscriptionId, priceId, bounded);
    if (!found.ok) return found;
    if (found.value) return { ...found, value: found.value };
    const item = { subscription: subscriptionId, price: priceId, quantity: 0, proration_behavior: "none" };
    const made = await ask(bounded, (sdk, options) => sdk.subscriptionItems.create(item, options), itemOf);
    // Somebody else has added it in between.
    if (made.ok || made.status !== 400) return made;
    const again = await findItem(subscriptionId, priceId, bounded);
    return again.ok && again.value ? { ...again, value: again.value } : made;
  },

  readCustomer: (id, bounded) =>
    ask(
      bounded,
      (sdk, options) => sdk.customers.retrieve(id, {}, options),
      (one) => (one.deleted ? null : customerOf(one)),
    ),

  findCustomers: (businessId, bounded) =>
    ask(
      bounded,
      (sdk, options) => sdk.customers.search({ query: `metadata['businessId']:'${businessId}'` }, options),
      ({ data }) => data.map(customerOf),
    ),

  createCustomer({ businessId, name, email }, idempotencyKey, bounded) {
    const customer = { name, ...(email !== undefined && { email }), metadata: { businessId } };
    return ask(
      bounded,
      (sdk, options) => sdk.customers.create(customer, { ...options, idempotencyKey }),
      customerOf,
    );
  },

  createCheckout({ customerId, businessId, order, lines, successUrl, cancelUrl }, idempotencyKey, bounded) {
    const subscription_data = { metadata: { businessId } };
    const session: Stripe.Checkout.SessionCreateParams = {
      ...{ mode: "subscription", customer: customerId, success_url: successUrl, cancel_url: cancelUrl },
      ...{ client_reference_id: businessId, metadata: { businessId, order }, subscription_data },
      line_items: lines.map(({ priceId: price, quantity }) => ({ price, quantity })),
    };
    return ask(
      bounded,
      (sdk, options) => sdk.checkout.sessions.create(session, { ...options, idempotencyKey }),
      checkoutOf,
    );
  },

  listCheckouts: (customer, bounded) =>
    ask(
      bounded,
      (sdk, options) => sdk.checkout.sessions.list({ customer, limit: 100 }, options),
      ({ data }) => data.map(checkoutOf),
    ),

  expireCheckout: (id, bounded) =>
    ask(bounded, (sdk, options) => sdk.checkout.sessions.expire(id, {}, options), checkoutOf),

  cancelAtPeriodEnd: (id, bounded) =>
    ask(
      bounded,
      (sdk, options) => sdk.subscriptions.update(id, { cancel_at_period_end: true }, options),
      subscriptionOf,
    ),

  portalLink: ({ customerId, returnUrl }, bounded) =>
    ask(
      bounded,
      (sdk, options) =>
        sdk.billingPortal.sessions.create({ customer: customerId, return_url: returnUrl }, options),
      ({ url }) => ({ url }),
    ),

  previewInvoice,

  async verifyWebhook(body, signature, now) {
    const { webhookSecret } = await readSecret();
    try {
      const event = Stripe.webhooks.constructEvent(body, signature, webhookSecret, tolerance, undefined, now);
      const { id, type, data } = event;
      return { ok: true, event: { id, type, customerId: customerIdOf(data) } };
    } catch (error) {
      return { ok: false, reason: (error as Error).message };
    }
  },
};

async function findItem(subscriptionId: string, priceId: string, bounded: Bounded) {
  return ask(
    bounded,
    (sdk, options) => sdk.subscriptions.retrieve(subscriptionId, {}, options),
    ({ items }) => {
      const item = items.data.find(({ price }) => price.id === priceId);
      return item && itemOf(item);
    },
  );
}
