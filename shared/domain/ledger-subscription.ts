/** How a ledger comes to a subscription, and how it loses one. */
import type { Customer, Ledger } from "./ledger.ts";
import { limits } from "./ledger-limits.ts";

/** The subscription is to end with its period. */
export function cancelled(ledger: Ledger): Ledger | undefined {
  const { subscription } = ledger;
  return subscription && { ...ledger, ...neverAsked, cancelWanted: subscription.id };
}

/** Stripe has heard that a subscription shall end, and says when. */
export function ending(ledger: Ledger, subscriptionId: string, cancelAt: number | null): Ledger | undefined {
  const { subscription } = ledger;
  if (subscription?.id !== subscriptionId) return undefined;
  return { ...ledger, ...neverAsked, subscription: { ...subscription, cancelAt } };
}

/** Stripe has not: again later. Where it refuses (`isRefused`), it is read too: it may have ended the subscription. */
export function notEnding(
  ledger: Ledger,
  subscriptionId: string,
  isRefused: boolean,
  now: number,
): Ledger | undefined {
  if (ledger.cancelWanted !== subscriptionId) return undefined;
  const { cancelFailingSince = now, refreshWanted = 0 } = ledger;
  const later = { ...ledger, cancelFailingSince, cancelFrom: now + limits.mostBackOff };
  return isRefused ? { ...later, refreshWanted: refreshWanted + 1 } : later;
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

export const neverAsked = {
  cancelWanted: undefined,
  cancelFrom: undefined,
  cancelFailingSince: undefined,
} as const;

export const nothingKnown = {
  ...neverAsked,
  appliedVersion: undefined,
  appliedQuantity: undefined,
  parked: undefined,
  drift: undefined,
  checkoutUntil: undefined,
  behindSince: undefined,
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
