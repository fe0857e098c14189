import { createHash } from "node:crypto";
import { AlreadySubscribed, Failed, StripeUnavailable } from "../domain/failures.ts";
import type { Answer, Bounded, Checkout, Gateway, NewCheckout } from "./gateway.ts";
import { isAlive } from "./our-subscription.ts";

/** The idempotency key of a request, which follows from what it asks for. */
export function keyOf(kind: string, request: object): string {
  return `${kind}-${createHash("sha256").update(JSON.stringify(request)).digest("base64url")}`;
}

/**
 * Opens the one Checkout that a customer can pay on. The open one is answered if it is for the same; any other is
 * closed first, since both could be paid. A customer whose subscription lives already pays for no second one.
 */
export async function oneCheckout(
  stripe: Gateway,
  wanted: Omit<NewCheckout, "order">,
  heard: <Value>(answer: Answer<Value>) => Value,
  bounded: () => Bounded,
): Promise<Checkout> {
  const { customerId, businessId } = wanted;
  const [subscriptions, checkouts] = await Promise.all([
    stripe.listSubscriptions(customerId, bounded()).then(heard),
    stripe.listCheckouts(customerId, bounded()).then(heard),
  ]);
  if (subscriptions.some(isAlive)) throw new Failed(AlreadySubscribed);
  const order = keyOf("order", wanted);
  const open = checkouts.filter(({ isOpen }) => isOpen);
  const same = open.find((one) => one.order === order);
  for (const { id } of open.filter((one) => one !== same)) {
    const expired = await stripe.expireCheckout(id, bounded());
    // Perhaps it has just been paid: the next request sees that.
    if (!expired.ok) throw new Failed(StripeUnavailable, { retryAfter: 10 });
  }
  // After another one: else the key would repeat a Checkout that has been closed since.
  const key = keyOf("checkout", { businessId, order, after: checkouts[0]?.id });
  return same ?? heard(await stripe.createCheckout({ ...wanted, order }, key, bounded()));
}
