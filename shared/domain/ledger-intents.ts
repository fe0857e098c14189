/**
 * The moves of a ledger's intent. A move is a pure function from the ledger as it was read to the ledger as it becomes,
 * or undefined where it no longer applies; the table writes it only if nothing came between.
 */
import type { Intent, Ledger } from "./ledger.ts";
import { limits } from "./ledger-limits.ts";
import { detached, neverAsked } from "./ledger-subscription.ts";
import { dueStep, isBehind } from "./ledger-work.ts";

type Settings = Pick<Intent["request"], "prorationBehavior" | "apiVersion">;

/** Opens an intent for what is wanted now, if that is still due: somebody else may have opened one, and closed it. */
export function opened(ledger: Ledger, uuid: string, settings: Settings, now: number): Ledger | undefined {
  const { subscription, seats, desiredVersion } = ledger;
  if (!subscription || dueStep(ledger, now, ["open"]) !== "open") return undefined;
  const request = { itemId: subscription.itemId, quantity: seats, ...settings };
  const intent = { uuid, version: desiredVersion, request, openedAt: now };
  const { behindSince = now } = ledger;
  return { ...ledger, behindSince, op: { ...intent, attempts: 1, retryAt: now + limits.sending } };
}

/** Takes on an intent that somebody else has left. */
export function adopted(ledger: Ledger, now: number): Ledger | undefined {
  const { op } = ledger;
  if (!op || op.retryAt > now) return undefined;
  return { ...ledger, op: { ...op, attempts: op.attempts + 1, retryAt: now + limits.sending } };
}

/** Closes an intent whose quantity Stripe has taken. */
export function applied(ledger: Ledger, { uuid, version, request }: Intent, now: number): Ledger | undefined {
  if (ledger.op?.uuid !== uuid) return undefined;
  const confirmed = { appliedVersion: version, appliedQuantity: request.quantity };
  return {
    ...closed(ledger, now),
    ...confirmed,
    behindSince: undefined,
    parked: undefined,
    drift: undefined,
  };
}

/**
 * Closes an intent that the card was declined for: nothing more is charged until something changes. Stripe has what it
 * had; where that was reported, somebody has asked to set it since.
 */
export function declined(read: Ledger, { uuid, version }: Intent, now: number): Ledger | undefined {
  if (read.op?.uuid !== uuid) return undefined;
  const ledger = { ...read, appliedQuantity: read.drift?.quantity ?? read.appliedQuantity, drift: undefined };
  const paymentMethodId = ledger.customer?.paymentMethodId ?? null;
  const status = ledger.subscription?.status ?? null;
  const parked = { version, until: now + limits.parking, paymentMethodId, status };
  return { ...closed(ledger, now), behindSince: undefined, parked };
}

/**
 * Closes an intent whose key answers nothing but a failure for good: another one takes its place. Stripe is as far
 * behind as before.
 */
export function failed(ledger: Ledger, { uuid }: Intent, now: number): Ledger | undefined {
  return ledger.op?.uuid === uuid ? closed(ledger, now) : undefined;
}

/** Closes an intent whose item is gone; whether another subscription pays is yet to be read. */
export function gone(ledger: Ledger, { uuid }: Intent, now: number): Ledger | undefined {
  if (ledger.op?.uuid !== uuid) return undefined;
  return { ...detached(ledger, now), refreshWanted: (ledger.refreshWanted ?? 0) + 1 };
}

/**
 * The pace counts from when an intent was opened: the stream's batch of that very change comes when the next one may be
 * opened, and after an outage nothing is waited for twice.
 */
function closed({ op, ...ledger }: Ledger, now: number): Ledger {
  return { ...ledger, op: undefined, nextAt: (op?.openedAt ?? now) + limits.pacing };
}

/** Keeps an intent open whose answer is not definite: the same again, later. */
export function kept(ledger: Ledger, { uuid }: Intent, now: number): Ledger | undefined {
  const { op } = ledger;
  return op?.uuid === uuid ? { ...ledger, op: { ...op, retryAt: now + backOff(op.attempts) } } : undefined;
}

/** Longer with each attempt, up to a minute, so that it is soon noticed that Stripe is back. */
export function backOff(attempts: number): number {
  return Math.min(limits.firstBackOff * 2 ** (attempts - 1), limits.mostBackOff);
}

/**
 * Holds a ledger for told, where nothing may be: after a restore an intent's key may repeat an old answer, or say an
 * old quantity anew, and what has changed since is no news to send either; a subscription that was to end may have been
 * resumed. The next look at Stripe decides.
 */
export function abandoned(ledger: Ledger, now: number): Ledger | undefined {
  const { op, desiredVersion, cancelWanted } = ledger;
  if (!isBehind(ledger) && !op && !cancelWanted) return undefined;
  if (op && op.retryAt > now) return undefined;
  return { ...ledger, ...neverAsked, op: undefined, behindSince: undefined, appliedVersion: desiredVersion };
}
