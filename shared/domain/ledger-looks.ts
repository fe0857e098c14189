/** What a look at Stripe, or at the holders of licenses, makes of a ledger. */
import type { Customer, Ledger, Subscription } from "./ledger.ts";
import { limits } from "./ledger-limits.ts";
import { detached, nothingKnown } from "./ledger-subscription.ts";
import { isParked, isSettled } from "./ledger-work.ts";

/** What Stripe has: the customer, and the subscription that pays for licenses; null where there is none. */
export interface Facts {
  /** Null where it was deleted, undefined where none was asked for. */
  readonly customer: Customer | null | undefined;
  readonly subscription: Subscription | null;
  /** That of its licenses. */
  readonly quantity?: number | undefined;
}

/**
 * Takes in what Stripe has; `seen` is `refreshWanted` as it was before Stripe was read. Not beside an open intent,
 * which belongs to the subscription as it was.
 */
export function refreshed(ledger: Ledger, facts: Facts, seen: number, now: number): Ledger | undefined {
  if (ledger.op || (ledger.refreshDone ?? 0) > seen) return undefined;
  const customer = facts.customer === undefined ? ledger.customer : (facts.customer ?? undefined);
  const known = { ...ledger, customer, refreshDone: seen, ...readAtLast };
  const { subscription, quantity } = facts;
  if (!subscription) return ledger.subscription ? detached(known, now) : known;
  if (subscription.itemId !== ledger.subscription?.itemId)
    return attached(known, subscription, quantity, now);
  const { parked, drift } = ledger;
  const isSame =
    parked?.paymentMethodId === customer?.paymentMethodId && parked?.status === subscription.status;
  return { ...known, subscription, parked: isSame || drift ? parked : undefined };
}

/** Stripe could not be read: again later. */
export function notRefreshed(ledger: Ledger, now: number): Ledger {
  const { refreshFailingSince = now } = ledger;
  return { ...ledger, refreshFailingSince, refreshFrom: now + limits.mostBackOff };
}

const readAtLast = { refreshFrom: undefined, refreshFailingSince: undefined } as const;

/**
 * Takes in what Stripe has beside an open intent: how it stands with the very subscription that the intent is for.
 * Everything else waits for the intent's own answer.
 */
export function glanced(ledger: Ledger, { customer, subscription }: Facts): Ledger {
  if (!customer || subscription?.itemId !== ledger.subscription?.itemId) return ledger;
  return { ...ledger, customer, subscription: subscription ?? undefined };
}

/** The look by the hour could not compare: the ledger goes behind the others that wait for theirs. */
export function inVain(ledger: Ledger, now: number): Ledger {
  return { ...ledger, inVainAt: now };
}

/** Stripe doesn't know the customer, which may be another account's: that is told, and looked at by the hour. */
export function unknown(ledger: Ledger, now: number): Ledger {
  return { ...ledger, reconciledAt: now, inVainAt: undefined };
}

/** A subscription pays from now on; what its quantity is, is yet to be said. */
function attached(
  ledger: Ledger,
  subscription: Subscription,
  quantity: number | undefined,
  now: number,
): Ledger {
  const known = { ...nothingKnown, appliedQuantity: quantity };
  return { ...ledger, ...known, subscription, detachedAt: undefined, reconciledAt: now };
}

/**
 * What the look by the hour leads to, once Stripe's news are taken in: a small difference to its `quantity` is
 * repaired, and a declined card is tried again after a day. A ledger that is parked must have what was applied last;
 * where Stripe has something quite different, it stays parked. Where nothing may be repaired none is parked: nothing is
 * charged. `quantity` is what could be compared: that of a ledger which was settled, and which nobody changed while
 * Stripe was read. Without it the look is made again.
 */
export function reconciled(
  ledger: Ledger,
  quantity: number | undefined,
  mayRepair: boolean,
  now: number,
): Ledger {
  const { subscription, desiredVersion, seats, appliedQuantity, checkoutUntil = 0 } = ledger;
  const parked = mayRepair ? ledger.parked : undefined;
  const looked = {
    ...ledger,
    ...{ reconciledAt: now, inVainAt: undefined, parked },
    checkoutUntil: checkoutUntil > now ? checkoutUntil : undefined,
  };
  if (!subscription) return looked;
  if (quantity === undefined || !isSettled(looked))
    return inVain({ ...looked, reconciledAt: ledger.reconciledAt }, now);
  const isRight = quantity === seats;
  const expected = isParked(looked) ? (appliedQuantity ?? quantity) : seats;
  if (!isRight && quantity !== expected && (!mayRepair || isLarge(quantity, expected)))
    return { ...looked, drift: { quantity, seenAt: now } };
  const compared = { ...looked, drift: undefined, appliedQuantity: quantity };
  if (isParked(looked))
    return { ...compared, parked: parked && parked.until > now && !isRight ? parked : undefined };
  return { ...compared, desiredVersion: isRight ? desiredVersion : desiredVersion + 1 };
}

/** A difference above 10, or above 20 % and 2 seats, is no slip: a person looks at it before it is billed. */
export function isLarge(quantity: number, seats: number): boolean {
  const difference = Math.abs(quantity - seats);
  const { drift, driftOfFew, driftShare } = limits;
  return difference > drift || (difference > driftOfFew && difference > seats * driftShare);
}

/** The ledger with its holders counted anew. */
export function recounted(
  ledger: Ledger,
  held: Pick<Ledger, "seats" | "openInvitations">,
  now: number,
): Ledger {
  const { seats, openInvitations, desiredVersion, revision } = ledger;
  const counted = { ...ledger, recountedAt: now };
  if (held.seats === seats && held.openInvitations === openInvitations) return counted;
  return { ...counted, ...held, desiredVersion: desiredVersion + 1, revision: revision + 1 };
}
