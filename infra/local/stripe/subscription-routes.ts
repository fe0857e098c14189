/** The requests about subscriptions and their items. */
import type Stripe from "stripe";
import { type Call, type Moment, mergeMetadata, page, type Routes } from "./call.ts";
import { customerOf } from "./customers.ts";
import { changeItems, type ItemChange, type Terms } from "./item-changes.ts";
import { missing } from "./problem.ts";
import { cancel, livingOf, save, start } from "./subscription.ts";

interface Behaviors {
  readonly proration_behavior?: string;
  readonly payment_behavior?: string;
  readonly proration_date?: number;
}

const termsOf = ({ proration_behavior, payment_behavior, proration_date }: Behaviors): Terms => ({
  behavior: proration_behavior ?? "create_prorations",
  orFail: payment_behavior === "error_if_incomplete",
  at: proration_date,
});
const behaviors = ["proration_behavior", "payment_behavior", "proration_date"];

/** The subscription of an item; an item of one that has ended is gone with it. */
function placeOf({ change, id }: Pick<Call<never>, "change" | "id">) {
  for (const subscription of change.all("subscription")) {
    const item = subscription.items.data.find((one) => one.id === id);
    if (item) return { subscription, item };
  }
  throw missing("subscription_item", id);
}

function changeItem(moment: Moment & { readonly id: string }, change: ItemChange, terms: Terms) {
  const { subscription } = placeOf(moment);
  const living = livingOf(moment.change, subscription.id);
  return changeItems(moment, living, [{ ...change, id: moment.id }], terms);
}

function update(call: Call<"POST /v1/subscriptions/{id}">): Stripe.Subscription {
  const { change, id, params, now } = call;
  const { items, metadata, pause_collection: pause, cancel_at_period_end: atEnd, ...rest } = params;
  const before = livingOf(change, id);
  const method = rest.default_payment_method;
  if (method && change.get("payment_method", method)?.customer !== before.customer)
    throw missing("PaymentMethod", method, "default_payment_method", 400);
  const end = before.items.data[0]?.current_period_end ?? now;
  const after: Stripe.Subscription = {
    ...before,
    ...(metadata !== undefined && { metadata: mergeMetadata(before.metadata, metadata) }),
    ...(method !== undefined && { default_payment_method: method || null }),
    ...(pause !== undefined && { pause_collection: pause ? { resumes_at: null, ...pause } : null }),
    ...(atEnd !== undefined && {
      ...{ cancel_at_period_end: atEnd, cancel_at: atEnd ? end : null, canceled_at: atEnd ? now : null },
    }),
  };
  return items ? changeItems(call, after, items, termsOf(params)) : save(call, after);
}

export const subscriptionRoutes = {
  "POST /v1/subscriptions": {
    honours: [
      ...["customer", "items.*.price", "items.*.quantity", "metadata"],
      ...["default_payment_method", "payment_behavior"],
    ],
    run(call) {
      const { customer = "", items = [], metadata, default_payment_method: method } = call.params;
      customerOf(call.change, customer, "customer", 400);
      return start(call, {
        ...{ customer, items, paymentMethod: method ?? null, metadata: mergeMetadata({}, metadata) },
        orFail: termsOf(call.params).orFail,
      });
    },
  },
  "GET /v1/subscriptions": {
    honours: ["customer", "status", "limit", "starting_after"],
    run({ change, params }) {
      const { customer, status } = params;
      const found = change.all("subscription").filter((one) => {
        const ofCustomer = customer === undefined || one.customer === customer;
        // Without a status, Stripe leaves out those that are canceled.
        const inStatus =
          status === undefined ? one.status !== "canceled" : [one.status, "all"].includes(status);
        return ofCustomer && inStatus;
      });
      return page(found, "/v1/subscriptions", params);
    },
  },
  "GET /v1/subscriptions/{id}": {
    honours: [],
    run({ change, id }) {
      const subscription = change.get("subscription", id);
      if (!subscription) throw missing("subscription", id);
      return subscription;
    },
  },
  "POST /v1/subscriptions/{id}": {
    honours: [
      ...["items.*.id", "items.*.price", "items.*.quantity", "items.*.deleted", "metadata", ...behaviors],
      ...["cancel_at_period_end", "pause_collection", "default_payment_method"],
    ],
    run: update,
  },
  "DELETE /v1/subscriptions/{id}": {
    honours: [],
    run: (call) => cancel(call, livingOf(call.change, call.id)),
  },
  "POST /v1/subscription_items": {
    honours: ["subscription", "price", "quantity", ...behaviors],
    run(call) {
      const { subscription: id, price, quantity } = call.params;
      const before = livingOf(call.change, id, "subscription", 400);
      const { items } = changeItems(call, before, [{ price, quantity }], termsOf(call.params));
      return items.data.at(-1) as Stripe.SubscriptionItem;
    },
  },
  "GET /v1/subscription_items": {
    honours: ["subscription", "limit", "starting_after"],
    run({ change, params }) {
      const subscription = change.get("subscription", params.subscription);
      if (!subscription) throw missing("subscription", params.subscription, "subscription", 400);
      return page(subscription.items.data, "/v1/subscription_items", params);
    },
  },
  "GET /v1/subscription_items/{id}": { honours: [], run: (call) => placeOf(call).item },
  "POST /v1/subscription_items/{id}": {
    honours: ["quantity", ...behaviors],
    run(call) {
      changeItem(call, { quantity: call.params.quantity }, termsOf(call.params));
      return placeOf(call).item;
    },
  },
  "DELETE /v1/subscription_items/{id}": {
    honours: ["proration_behavior", "proration_date"],
    run(call) {
      changeItem(call, { deleted: true }, termsOf(call.params));
      return { id: call.id, object: "subscription_item", deleted: true };
    },
  },
} satisfies Partial<Routes>;
