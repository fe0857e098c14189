import { Busy, Failed } from "../domain/failures.ts";
import { log } from "../endpoint/log.ts";
import type { Context, Operation } from "../operation.ts";
import { adoptCustomer } from "../table/stripe-news.ts";
import { billingSettings } from "./settings.ts";
import { stripeOf } from "./stripe-of.ts";

/** Stripe waits ten seconds for the answer to a webhook. */
const patience = 4_000;
const reserve = 800;

/**
 * Finds the business of a customer whom the table doesn't know, as after a restore, by what Stripe itself has noted
 * with the customer. Answers whether it is one of ours now; where Stripe can't be read, it sends its news again. Stripe
 * is read within the request, as for no other webhook: there is no ledger yet to mark as due, and whoever answered 200
 * would never hear of these news again.
 */
export const findUnknownCustomer = {
  name: "findUnknownCustomer",
  needs: [
    { actions: ["secretsmanager:GetSecretValue"], resource: "stripeSecret" },
    { setting: "billing" },
    ...adoptCustomer.needs,
  ],
  fails: [Busy],
  async run(context: Context, customerId: string): Promise<boolean> {
    if (!billingSettings()) return false;
    const stripe = await stripeOf(context);
    const within = Math.min(patience, context.timeLeft() - reserve);
    const answer = await stripe.readCustomer(customerId, { within });
    if (!answer.ok) throw new Failed(Busy, { retryAfter: 10 });
    const { businessId } = answer.value?.metadata ?? {};
    if (!answer.value || !businessId) return false;
    const customer = { id: customerId, balance: 0, paymentMethodId: answer.value.defaultPaymentMethodId };
    const isOurs = await adoptCustomer.run(context, businessId, customer);
    if (!isOurs) log("error", { unknownCustomer: customerId, businessId });
    return isOurs;
  },
} satisfies Operation;
