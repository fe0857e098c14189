import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Customer, Subscription } from "../../shared/domain/ledger.ts";
import { key } from "../../shared/table/schema.ts";
import { FakeStripe } from "../simulation/fake-stripe.ts";
import type { Budget } from "./budgets.ts";
import type { Cast } from "./cast.ts";
import type { CallOptions } from "./in-process.ts";
import { commit, get, moved, placed, update } from "./units.ts";

const identity = [get("identity")];
const caller = get("member");
const ledger = get("ledger");

const customer: Customer = { id: "cus_1", balance: 0, paymentMethodId: "pm_1" };
const subscription: Subscription = {
  ...{ id: "sub_1", itemId: "si_1", plan: "Monthly", status: "active", isPaused: false },
  ...{ periodStartAt: 1, renewsAt: 2, cancelAt: null },
};

/** The ledger of somebody who pays, quiet and looked at by the hour. */
async function subscribe({ table, businessId }: Cast): Promise<CallOptions | undefined> {
  const values = { customer, subscription, appliedVersion: 2, gsi2pk: "DUE#RECONCILE#0", gsi2sk: "2027" };
  const names = Object.keys(values);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: key.licenses(businessId),
      UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(", ")}`,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(values).map(([name, v]) => [`:${name}`, v]),
      ),
    }),
  );
  return undefined;
}

export const budgetsOfLicenses: Readonly<Record<string, Budget>> = {
  "licenses/get-licenses": { rounds: [identity, [caller, ledger]], heedsHeader: true },
  "licenses/limit-licenses": {
    rounds: [identity, [caller], [commit("member", "ledger", "event")], [ledger]],
    heedsHeader: true,
    answerBytes: 400,
    request: () => ({ body: { seatLimit: 10 } }),
  },
  "licenses/preview-licenses": {
    rounds: [identity, [caller, ledger], [commit("rate")]],
    heedsHeader: true,
    request: () => ({ body: { add: 1 } }),
    before: subscribe,
  },
  "licenses/begin-subscription": {
    rounds: [
      identity,
      [caller, get("business"), ledger],
      [commit("rate")],
      [commit("member", placed, "stripeCustomer", "event")],
    ],
    heedsHeader: true,
    answerBytes: 100,
    request: () => ({ body: { billingPlan: "Monthly" } }),
  },
  "licenses/end-subscription": {
    // Stripe is told after the commit; that it was is written down, and the ledger is due no more.
    rounds: [
      identity,
      [caller, ledger],
      [commit("member", moved, "event")],
      [ledger],
      [update("ledger", 0, 2)],
    ],
    heedsHeader: true,
    answerBytes: 20,
    before: async (cast) => {
      await subscribe(cast);
      const stripe = new FakeStripe(() => 0);
      stripe.subscribe(customer.id, { price_monthly: 1 });
      return { stripe };
    },
  },
  "licenses/open-billing-portal": {
    rounds: [identity, [caller, ledger], [commit("rate")]],
    heedsHeader: true,
    before: subscribe,
  },
  "licenses/take-stripe-event": {
    rounds: [[get("stripeCustomer"), get("stripeEvent")], [commit("stripeEvent", moved)]],
    before: async (cast) => {
      await subscribe(cast);
      const customerId = `cus_${cast.businessId}`;
      await cast.table.client.send(
        new UpdateCommand({
          TableName: cast.table.name,
          Key: key.stripeCustomer(customerId),
          UpdateExpression: "SET businessId = :businessId",
          ExpressionAttributeValues: { ":businessId": cast.businessId },
        }),
      );
      const rawBody = JSON.stringify({ id: `evt_${cast.businessId}`, type: "invoice.paid", customerId });
      return { rawBody, headers: { "stripe-signature": "genuine" } };
    },
  },
};
