/** How a ledger comes to a subscription, and how it loses one. */
import type { Customer, Ledger } from "./ledger.ts";
import { limits } from "./ledger-limits.ts";

/** The subscription is to end with its period. */
export function cancelled(ledger: Ledger): Ledger | undefined {
  const { subscription } = ledger;
  return subscription && { ...ledger, cancelWanted: subscription.id, cancelFrom: undefined };
}

/** Stripe has heard that a subscription shall end, and says when. */
export function ending(ledger: Ledger, subscriptionId: string, cancelAt: number | null): Ledger | undefined {
  const { subscription } = ledger;
  if (subscription?.id !== subscriptionId) return undefined;
  const told = { cancelWanted: undefined, cancelFrom: undefined };
  return { ...ledger, ...told, subscription: { ...subscription, cancelAt } };
}

/** Stripe has not: again later. */
export function notEnding(ledger: Ledger, now: number): Ledger {
  return { ...ledger, cancelFrom: now + limits.mostBackOff };
}

/** A Checkout that may bring a subscription is open, for this customer. */
export function checkedOut(
  ledger: Ledger,
  customer: Customer,
  until: number,
  now: number,
): Ledger | undefined {
  if (ledger.subscription) return undefined;
  return { ...ledger, customer, checkoutUntil: until, reconciledAt: now };
}

export const nothingKnown = {
  appliedVersion: undefined,
  appliedQuantity: undefined,
  parked: undefined,
  drift: undefined,
  checkoutUntil: undefined,
  cancelWanted: undefined,
  cancelFrom: undefined,
} as const;

/** No subscription pays any more. */
export function detached(ledger: Ledger, now: number): Ledger {
  return {
    ...ledger,
    ...nothingKnown,
    op: undefined,
    nextAt: undefined,
    subscription: undefined,
    detachedAt: now,
  };
}
