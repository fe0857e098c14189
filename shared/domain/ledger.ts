/**
 * The ledger of a business's licenses, and how it moves. A move is a pure function from the ledger as it was read to
 * the ledger as it becomes, or undefined where it no longer applies; the table writes it only if nothing came between.
 */
import { limits } from "./ledger-limits.ts";

export type BillingPlan = "Annual" | "Monthly";

/** What Stripe does about a part of a period: charge it with the next invoice, at once, or not at all. */
export type Proration = "create_prorations" | "always_invoice" | "none";

/**
 * The one request to Stripe that is under way: it is sent again exactly like this, under the same idempotency key,
 * until it is known what became of it.
 */
export interface Intent {
  readonly uuid: string;
  /** The `desiredVersion` that the quantity belongs to. */
  readonly version: number;
  readonly request: {
    readonly itemId: string;
    readonly quantity: number;
    readonly prorationBehavior: Proration;
    readonly apiVersion: string;
  };
  readonly openedAt: number;
  readonly attempts: number;
  /** Until then whoever sent it last has time to hear the answer. */
  readonly retryAt: number;
}

/** The subscription that pays for the licenses, as Stripe had it when it was read last. */
export interface Subscription {
  readonly id: string;
  /** The item that all licenses share. */
  readonly itemId: string;
  readonly plan: BillingPlan;
  /** Stripe's own word. */
  readonly status: string;
  readonly isPaused: boolean;
  readonly periodStartAt: number;
  readonly renewsAt: number;
  readonly cancelAt: number | null;
}

export interface Customer {
  readonly id: string;
  /** What is paid in advance, in the currency; below zero it is owed. */
  readonly balance: number;
  readonly paymentMethodId: string | null;
}

/** The card was declined for this version, with that card and in that state. */
export interface Parked {
  readonly version: number;
  readonly until: number;
  readonly paymentMethodId: string | null;
  readonly status: string | null;
}

/** Every active member and every open invitation holds a license. Times are milliseconds since the epoch. */
export interface Ledger {
  readonly seats: number;
  readonly openInvitations: number;
  /** Raised by every change of who holds a license, transfers included. */
  readonly revision: number;
  /** Raised by every change of how many licenses are held. */
  readonly desiredVersion: number;
  /** Raised by every move of the ledger, which is all that is done about it besides taking and giving back. */
  readonly turn?: number | undefined;
  /** How many may be held; absent for any number. */
  readonly seatLimit?: number | undefined;
  readonly customer?: Customer | undefined;
  readonly subscription?: Subscription | undefined;
  /** The version that Stripe has confirmed last, and its quantity. */
  readonly appliedVersion?: number | undefined;
  readonly appliedQuantity?: number | undefined;
  readonly op?: Intent | undefined;
  /** No other intent before: Stripe takes so many an hour. */
  readonly nextAt?: number | undefined;
  readonly parked?: Parked | undefined;
  /** How often Stripe was said to have news, and how many times of these it was read. */
  readonly refreshWanted?: number | undefined;
  readonly refreshDone?: number | undefined;
  /** Not before: Stripe could not be read. */
  readonly refreshFrom?: number | undefined;
  /** The subscription that shall end with its period, and until when not to ask Stripe for it again. */
  readonly cancelWanted?: string | undefined;
  readonly cancelFrom?: number | undefined;
  /** Stripe's quantity where it is so different that a person must look at it first. */
  readonly drift?: { readonly quantity: number; readonly seenAt: number } | undefined;
  /** Until then a Stripe Checkout may bring a subscription. */
  readonly checkoutUntil?: number | undefined;
  /** When the last subscription stopped paying, where no other has taken its place. */
  readonly detachedAt?: number | undefined;
  readonly reconciledAt?: number | undefined;
  readonly recountedAt?: number | undefined;
}

export type Step = "send" | "open" | "cancel" | "refresh";

/** What can be open about a ledger, and from when on it is due. The first that is due is done first. */
const work: readonly {
  readonly step: Step;
  readonly isOpen: (ledger: Ledger) => boolean;
  readonly from: (ledger: Ledger) => number;
}[] = [
  { step: "send", isOpen: ({ op }) => op !== undefined, from: ({ op }) => op?.retryAt ?? 0 },
  {
    step: "open",
    isOpen: (ledger) => !ledger.op && isBehind(ledger) && !isParked(ledger),
    from: ({ nextAt = 0 }) => nextAt,
  },
  {
    step: "cancel",
    isOpen: ({ subscription, cancelWanted }) =>
      subscription !== undefined && cancelWanted === subscription.id,
    from: ({ cancelFrom = 0 }) => cancelFrom,
  },
  {
    step: "refresh",
    isOpen: ({ op, refreshWanted = 0, refreshDone = 0 }) => !op && refreshWanted !== refreshDone,
    from: ({ refreshFrom = 0 }) => refreshFrom,
  },
];

/** Whether Stripe has yet to confirm what is wanted. */
export function isBehind({ subscription, desiredVersion, appliedVersion }: Ledger): boolean {
  return subscription !== undefined && desiredVersion !== appliedVersion;
}

/** Whether the card was declined for what is wanted now. A later change is tried again. */
export function isParked({ parked, desiredVersion }: Ledger): boolean {
  return parked?.version === desiredVersion;
}

/** The step that is due, among those that may be taken. */
export function dueStep(ledger: Ledger, now: number, steps: readonly Step[]): Step | undefined {
  return work.find(({ step, isOpen, from }) => steps.includes(step) && isOpen(ledger) && from(ledger) <= now)
    ?.step;
}

/** When there is something to do; undefined where nothing is open. */
export function dueAt(ledger: Ledger): number | undefined {
  const open = work.filter(({ isOpen }) => isOpen(ledger));
  return open.length > 0 ? Math.min(...open.map(({ from }) => from(ledger))) : undefined;
}

/** Whether Stripe may have news of the business that no webhook told: then it is looked at by the hour. */
export function isWatched({ subscription, checkoutUntil = 0 }: Ledger, now: number): boolean {
  return subscription !== undefined || now < checkoutUntil;
}

/** Whether Stripe has confirmed what is wanted, and has no news: then its quantity must be `seats`. */
export function isQuiet(ledger: Ledger): boolean {
  return ledger.subscription !== undefined && !isBehind(ledger) && dueAt(ledger) === undefined;
}

type Settings = Pick<Intent["request"], "prorationBehavior" | "apiVersion">;

/** Opens an intent for what is wanted now. */
export function opened(ledger: Ledger, uuid: string, settings: Settings, now: number): Ledger | undefined {
  const { op, subscription, seats, desiredVersion } = ledger;
  if (op || !subscription) return undefined;
  const request = { itemId: subscription.itemId, quantity: seats, ...settings };
  const intent = { uuid, version: desiredVersion, request, openedAt: now };
  return { ...ledger, op: { ...intent, attempts: 1, retryAt: now + limits.sending } };
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
  return { ...closed(ledger, now), ...confirmed, parked: undefined, drift: undefined };
}

/** Closes an intent that the card was declined for: nothing more is charged until something changes. */
export function declined(ledger: Ledger, { uuid, version }: Intent, now: number): Ledger | undefined {
  if (ledger.op?.uuid !== uuid) return undefined;
  const paymentMethodId = ledger.customer?.paymentMethodId ?? null;
  const status = ledger.subscription?.status ?? null;
  const parked = { version, until: now + limits.parking, paymentMethodId, status };
  return { ...closed(ledger, now), parked };
}

/** Closes an intent whose key answers nothing but a failure for good: another one takes its place. */
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

/** What Stripe has: the customer, and the subscription that pays for licenses; null where there is none. */
export interface Facts {
  readonly customer: Customer | null;
  readonly subscription: Subscription | null;
}

/**
 * Takes in what Stripe has; `seen` is `refreshWanted` as it was before Stripe was read. Not beside an open intent,
 * which belongs to the subscription as it was.
 */
export function refreshed(ledger: Ledger, facts: Facts, seen: number, now: number): Ledger | undefined {
  if (ledger.op || (ledger.refreshDone ?? 0) > seen) return undefined;
  const customer = facts.customer ?? undefined;
  const known = { ...ledger, customer, refreshDone: seen, refreshFrom: undefined };
  const { subscription } = facts;
  if (!subscription) return ledger.subscription ? detached(known, now) : known;
  if (subscription.itemId !== ledger.subscription?.itemId) return attached(known, subscription, now);
  const { parked } = ledger;
  const isSame =
    parked?.paymentMethodId === customer?.paymentMethodId && parked?.status === subscription.status;
  return { ...known, subscription, parked: isSame ? parked : undefined };
}

/** Stripe could not be read: again later. */
export function notRefreshed(ledger: Ledger, now: number): Ledger {
  return { ...ledger, refreshFrom: now + limits.mostBackOff };
}

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

const nothingKnown = {
  appliedVersion: undefined,
  appliedQuantity: undefined,
  parked: undefined,
  drift: undefined,
  checkoutUntil: undefined,
  cancelWanted: undefined,
  cancelFrom: undefined,
} as const;

/** A subscription pays from now on; what its quantity is, is yet to be said. */
function attached(ledger: Ledger, subscription: Subscription, now: number): Ledger {
  return { ...ledger, ...nothingKnown, subscription, detachedAt: undefined, reconciledAt: now };
}

/** No subscription pays any more. */
function detached(ledger: Ledger, now: number): Ledger {
  return {
    ...ledger,
    ...nothingKnown,
    op: undefined,
    nextAt: undefined,
    subscription: undefined,
    detachedAt: now,
  };
}

/**
 * What the look by the hour leads to, once Stripe's news are taken in: a small difference to its `quantity` is
 * repaired, and a declined card is tried again after a day. `quantity` only counts where the ledger was quiet while
 * it was read.
 */
export function reconciled(
  ledger: Ledger,
  quantity: number | undefined,
  mayRepair: boolean,
  now: number,
): Ledger {
  const { parked, desiredVersion, seats, checkoutUntil = 0 } = ledger;
  const looked = {
    ...ledger,
    reconciledAt: now,
    parked: parked && parked.until > now ? parked : undefined,
    checkoutUntil: checkoutUntil > now ? checkoutUntil : undefined,
  };
  if (quantity === undefined || !isQuiet(ledger)) return looked;
  if (quantity === seats) return { ...looked, drift: undefined };
  if (!mayRepair || isLarge(quantity, seats)) return { ...looked, drift: { quantity, seenAt: now } };
  return { ...looked, drift: undefined, desiredVersion: desiredVersion + 1 };
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

/**
 * Drops an intent from before a restore: its key may repeat an old answer, or say an old quantity anew. The next
 * look at Stripe decides.
 */
export function abandoned(ledger: Ledger, now: number): Ledger | undefined {
  const { op, desiredVersion } = ledger;
  if (!op || op.retryAt > now) return undefined;
  return { ...ledger, op: undefined, appliedVersion: desiredVersion };
}
