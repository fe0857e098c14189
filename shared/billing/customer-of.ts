import { Busy, Failed } from "../domain/failures.ts";
import type { Customer } from "../domain/ledger.ts";
import type { Context } from "../operation.ts";
import type { BusinessState } from "../table/businesses.ts";
import { adoptCustomer } from "../table/stripe-news.ts";
import type { Answer, Bounded, Customer as Found, Gateway } from "./gateway.ts";
import { keyOf } from "./one-checkout.ts";
import { isAlive } from "./our-subscription.ts";

/** What it takes to ask Stripe within a request. */
interface Counter {
  readonly stripe: Gateway;
  readonly heard: <Value>(answer: Answer<Value>) => Value;
  readonly bounded: () => Bounded;
}

/**
 * The customer at Stripe that a business is: the one that the table knows, else the one that Stripe knows, as after a
 * restore, else a new one. Whoever is found is taken over with what they pay, whatever becomes of the request.
 */
export async function customerOf(
  context: Context,
  counter: Counter,
  { business, licenses }: BusinessState,
): Promise<Customer> {
  if (licenses.customer) return licenses.customer;
  const found = await findCustomer(counter, business.id);
  if (!found) return newCustomer(counter, business);
  const customer = { id: found.id, balance: 0, paymentMethodId: found.defaultPaymentMethodId };
  if (await adoptCustomer.run(context, business.id, customer)) return customer;
  throw new Failed(Busy, { retryAfter: 1 });
}

/**
 * Whom Stripe has under the business, somebody who pays first. Its search misses who is new, whom the key of
 * `newCustomer` finds for a day. Where an account has no search (India), Stripe answers 400: then only the key does.
 */
async function findCustomer(
  { stripe, heard, bounded }: Counter,
  businessId: string,
): Promise<Found | undefined> {
  const answer = await stripe.findCustomers(businessId, bounded());
  if (!answer.ok && answer.status === 400) return undefined;
  const customers = heard(answer);
  const pays = await Promise.all(
    customers.map(async ({ id }) => heard(await stripe.listSubscriptions(id, bounded())).some(isAlive)),
  );
  return customers.find((_, n) => pays[n]) ?? customers[0];
}

async function newCustomer(
  { stripe, heard, bounded }: Counter,
  { id, name, billingName }: BusinessState["business"],
): Promise<Customer> {
  const wanted = { businessId: id, name: billingName ?? name };
  const made = heard(await stripe.createCustomer(wanted, keyOf("customer", wanted), bounded()));
  return { id: made.id, balance: 0, paymentMethodId: made.defaultPaymentMethodId };
}
