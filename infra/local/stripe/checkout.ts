/** Checkout sessions, which start subscriptions: their links lead to a page of the run. */
import type Stripe from "stripe";
import { type Call, emit, type Moment, mergeMetadata, newId, page, type Routes } from "./call.ts";
import { attachCard } from "./cards.ts";
import { customerOf } from "./customers.ts";
import { priceOf } from "./prices.ts";
import { invalid, missing } from "./problem.ts";
import type { Checkout } from "./stored.ts";
import { start } from "./subscription.ts";

const DAY = 24 * 3_600;

function create(call: Call<"POST /v1/checkout/sessions">): Stripe.Checkout.Session {
  const { params, change, now, pages } = call;
  const { customer = "", line_items: lines = [], mode, success_url = null, cancel_url = null } = params;
  if (mode !== "subscription")
    throw invalid("The local Stripe's Checkout starts subscriptions only.", "mode");
  customerOf(change, customer, "customer", 400);
  const items = lines.map(({ price = "", quantity = 0 }, index) => {
    const name = `line_items[${index}]`;
    priceOf(price, `${name}[price]`);
    if (quantity < 1)
      throw invalid(
        "This value must be greater than or equal to 1.",
        `${name}[quantity]`,
        "parameter_invalid_integer",
      );
    return { price, quantity };
  });
  if (items.length === 0)
    throw invalid("Missing required param: line_items.", "line_items", "parameter_missing");
  const total = items.reduce((sum, one) => sum + (priceOf(one.price).unit_amount ?? 0) * one.quantity, 0);
  const id = newId("cs_test");
  const session: Stripe.Checkout.Session = {
    ...{
      id,
      object: "checkout.session",
      created: now,
      expires_at: now + DAY,
      status: "open",
      mode,
      customer,
    },
    ...{ success_url, cancel_url, url: `${pages}/stripe?checkout=${id}`, livemode: false },
    ...{ amount_subtotal: total, amount_total: total, currency: "usd", payment_status: "unpaid" },
    ...{
      metadata: mergeMetadata({}, params.metadata),
      client_reference_id: params.client_reference_id ?? null,
    },
    ...blank(),
  };
  const metadata = mergeMetadata({}, params.subscription_data?.metadata);
  change.put("checkout", { id, session, items, metadata });
  return session;
}

const blank = () => ({
  ...{ adaptive_pricing: null, after_expiration: null, allow_promotion_codes: null, invoice_creation: null },
  ...{ allowed_payment_method_types: null, billing_address_collection: null, client_secret: null },
  ...{ collected_information: null, consent: null, consent_collection: null, currency_conversion: null },
  ...{ custom_fields: [], customer_account: null, customer_creation: null, customer_details: null },
  ...{ customer_email: null, discounts: [], integration_identifier: null, invoice: null, locale: null },
  ...{ managed_payments: null, origin_context: null, payment_intent: null, payment_link: null },
  ...{ payment_method_collection: "always", payment_method_configuration_details: null },
  ...{ payment_method_options: null, payment_method_types: ["card"], permissions: null },
  ...{ recovered_from: null, saved_payment_method_options: null, setup_intent: null, submit_type: null },
  ...{ shipping_address_collection: null, shipping_cost: null, shipping_options: [], subscription: null },
  ...{ total_details: null, ui_mode: "hosted_page", wallet_options: null },
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  custom_text: {
    ...{ after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  },
});

/** What the person does on Stripe's page: pays by a card. A decline leaves the session open. */
export function complete(moment: Moment, id: string, card: string): Stripe.Checkout.Session {
  const { change } = moment;
  const checkout = checkoutOf(moment, id);
  const { session, items, metadata } = checkout;
  if (session.status !== "open") throw invalid("This checkout session is no longer open.");
  const customer = session.customer as string;
  const { id: paymentMethod } = attachCard(moment, card, customer);
  const subscription = start(moment, { customer, items, metadata, paymentMethod, orFail: true });
  const done: Stripe.Checkout.Session = {
    ...{ ...session, status: "complete", payment_status: "paid", url: null },
    ...{ subscription: subscription.id, invoice: subscription.latest_invoice },
  };
  change.put("checkout", { ...checkout, session: done });
  emit(moment, "checkout.session.completed", done);
  return done;
}

/** Nobody can pay on it any more: by request, or because its time is up. */
export function expireCheckout(moment: Moment, id: string): Stripe.Checkout.Session {
  const checkout = checkoutOf(moment, id);
  if (checkout.session.status !== "open") throw invalid("Only open sessions can be expired.");
  const session: Stripe.Checkout.Session = { ...checkout.session, status: "expired", url: null };
  moment.change.put("checkout", { ...checkout, session });
  emit(moment, "checkout.session.expired", session);
  return session;
}

function checkoutOf({ change }: Moment, id: string): Checkout {
  const checkout = change.get("checkout", id);
  if (!checkout) throw missing("checkout.session", id);
  return checkout;
}

export const checkoutRoutes = {
  "POST /v1/checkout/sessions": {
    honours: [
      ...["mode", "customer", "success_url", "cancel_url", "client_reference_id", "metadata"],
      ...["line_items.*.price", "line_items.*.quantity", "subscription_data.metadata"],
    ],
    run: create,
  },
  "GET /v1/checkout/sessions": {
    honours: ["customer", "limit", "starting_after"],
    run({ change, params }) {
      const sessions = change.all("checkout").map(({ session }) => session);
      const found = sessions.filter(({ customer }) => [undefined, customer].includes(params.customer));
      return page(found, "/v1/checkout/sessions", params);
    },
  },
  "GET /v1/checkout/sessions/{id}": { honours: [], run: (call) => checkoutOf(call, call.id).session },
  "POST /v1/checkout/sessions/{id}/expire": {
    honours: [],
    run: (call) => expireCheckout(call, call.id),
  },
} satisfies Partial<Routes>;
