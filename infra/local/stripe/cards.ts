/** Stripe's test cards, by the names that it documents, and the payment methods made of them. */
import type Stripe from "stripe";
import { type Call, emit, type Moment, newId, page, type Routes } from "./call.ts";
import { customerOf } from "./customers.ts";
import { declined, missing } from "./problem.ts";

interface Card {
  readonly brand: string;
  readonly number: string;
  /** Declined at once, when it is attached to a customer. */
  readonly refused?: string;
  /** Attached without complaint, and declined when it is charged. */
  readonly declines?: string;
}

export const testCards: Readonly<Record<string, Card>> = {
  pm_card_visa: { brand: "visa", number: "4242424242424242" },
  pm_card_mastercard: { brand: "mastercard", number: "5555555555554444" },
  pm_card_chargeCustomerFail: { brand: "visa", number: "4000000000000341", declines: "generic_decline" },
  pm_card_chargeDeclined: { brand: "visa", number: "4000000000000002", refused: "generic_decline" },
  pm_card_chargeDeclinedInsufficientFunds: {
    ...{ brand: "visa", number: "4000000000009995", refused: "insufficient_funds" },
  },
};

/** Makes a test card a payment method of the customer, or is declined. */
export function attachCard(moment: Moment, name: string, customerId: string): Stripe.PaymentMethod {
  const { change, now } = moment;
  const card = testCards[name];
  if (!card) throw missing("PaymentMethod", name, "payment_method");
  customerOf(change, customerId, "customer", 400);
  if (card.refused || moment.declines) throw declined(card.refused ?? "generic_decline");
  const method: Stripe.PaymentMethod = {
    ...{ id: newId("pm"), object: "payment_method", type: "card", created: now, customer: customerId },
    ...{ customer_account: null, livemode: false, metadata: {}, allow_redisplay: "unspecified" },
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      ...{ brand: card.brand, display_brand: card.brand, country: "US", funding: "credit" },
      ...{ exp_month: 12, exp_year: 2040, last4: card.number.slice(-4), fingerprint: name },
      ...{ checks: null, generated_from: null, networks: null, regulated_status: null },
      ...{ three_d_secure_usage: null, wallet: null },
    },
  };
  change.put("payment_method", method);
  emit(moment, "payment_method.attached", method);
  return method;
}

/** Why a charge of this payment method is declined; undefined where it isn't. */
export const declineOf = ({ card }: Stripe.PaymentMethod): string | undefined =>
  testCards[card?.fingerprint ?? ""]?.declines;

function methodOf({ change, id }: Pick<Call<never>, "change" | "id">): Stripe.PaymentMethod {
  const method = change.get("payment_method", id);
  if (!method) throw missing("PaymentMethod", id, "payment_method");
  return method;
}

export const cardRoutes = {
  "GET /v1/payment_methods": {
    honours: ["customer", "type", "limit", "starting_after"],
    run({ change, params }) {
      const mine = change.all("payment_method").filter(({ customer }) => customer === params.customer);
      return page(mine, "/v1/payment_methods", params);
    },
  },
  "GET /v1/payment_methods/{id}": { honours: [], run: methodOf },
  "POST /v1/payment_methods/{id}/attach": {
    honours: ["customer"],
    run: (call) => attachCard(call, call.id, call.params.customer ?? ""),
  },
  "POST /v1/payment_methods/{id}/detach": {
    honours: [],
    run(call) {
      const method = { ...methodOf(call), customer: null };
      call.change.put("payment_method", method);
      emit(call, "payment_method.detached", method);
      return method;
    },
  },
} satisfies Partial<Routes>;
