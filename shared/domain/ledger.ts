/**
 * The ledger of a business's licenses, and how it moves. Every move is a pure function from the ledger as it was read
 * to the ledger as it becomes; `shared/table/ledger.ts` writes it only if nothing has come between.
 */
import { limits } from "./ledger-limits.ts";

export type BillingPlan = "Annual" | "Monthly";

/** What Stripe is to do about a part of a period: charge with the next invoice, at once, or not at all. */
export type Proration = "create_prorations" | "always_invoice" | "none";

/** The one request to Stripe that is under way: it is sent again exactly like this until Stripe has said what became of it. */
export interface Intent {
  /** Stripe's idempotency key. */
  readonly uuid: string;
  /** The `desiredVersion` that the quantity belongs to. */
  readonly version: number;
  readonly quantity: number;
  readonly itemId: string;
  readonly proration: Proration;
  readonly apiVersion: string;
  readonly openedAt: number;
  readonly attempts: number;
  /** Until then whoever has sent it last waits for the answer. */
  readonly retryAt: number;
}

/** A subscription that pays for licenses, as Stripe had it when it was read last. */
export interface Subscription {
  readonly id: string;
  /** The item of the licenses, which all holders share. */
  readonly itemId: string;
  readonly plan: BillingPlan | null;
  /** Stripe's own word for its state. */
  readonly status: string;
  readonly isPaused: boolean;
  readonly periodStartAt: number | null;
  readonly renewsAt: number | null;
  readonly cancelAt: number | null;
}

export interface Customer {
  readonly id: string;
  /** What pays by default. */
  readonly paymentMethodId: string | null;
  /** In the currency's smallest unit; what the customer has in advance is positive. */
  readonly balance: number;
}

/** Why nothing is sent for now: the card was declined for this version. */
export interface Parked {
  readonly version: number;
  readonly until: number;
  readonly paymentMethodId: string | null;
  readonly status: string | null;
}

/** Stripe's quantity where it is another one than it should be, and by too much to be repaired unasked. */
export interface Drift {
  readonly quantity: number;
  readonly seenAt: number;
}

/** Every active member and every open invitation holds a license. Times are milliseconds since the epoch. */
export interface Ledger {
  readonly seats: number;
  readonly openInvitations: number;
  /** Raised by every change of who holds a license, transfers included. */
  readonly revision: number;
  /** Raised by every change of how many licenses are held. */
  readonly desiredVersion: number;
  /** How many may be held; absent for any number. */
  readonly seatLimit?: number | undefined;
  readonly customer?: Customer | undefined;
  readonly subscription?: Subscription | undefined;
  /** The last version that Stripe has confirmed, and its quantity. */
  readonly appliedVersion?: number | undefined;
  readonly appliedQuantity?: number | undefined;
  readonly op?: Intent | undefined;
  /** No other intent before: Stripe takes 200 quantities an hour. */
  readonly nextAt?: number | undefined;
  readonly parked?: Parked | undefined;
  /** How often Stripe was said to have news, and how many of these were looked at. */
  readonly refreshWanted?: number | undefined;
  readonly refreshDone?: number | undefined;
  /** No other look before: the last one has failed. */
  readonly refreshFrom?: number | undefined;
  readonly drift?: Drift | undefined;
  /** Until then a Stripe Checkout may attach a subscription. */
  readonly checkoutUntil?: number | undefined;
  readonly detachedAt?: number | undefined;
  readonly reconciledAt?: number | undefined;
  readonly recountedAt?: number | undefined;
}

/** What is to be done about a ledger, and from when on; the first one that is due comes first. */
interface Work {
  readonly step: "send" | "open" | "refresh";
  readonly isOpen: (ledger: Ledger) => boolean;
  readonly from: (ledger: Ledger) => number;
}

const work: readonly Work[] = [
  { step: "send", isOpen: ({ op }) => op !== undefined, from: ({ op }) => op?.retryAt ?? 0 },
  {
    step: "open",
    isOpen: ({ op, subscription, desiredVersion, appliedVersion }) =>
      !op && subscription !== undefined && desiredVersion !== appliedVersion,
    from: (ledger) => Math.max(ledger.nextAt ?? 0, isParked(ledger) ? (ledger.parked?.until ?? 0) : 0),
  },
  {
    step: "refresh",
    isOpen: ({ op, refreshWanted = 0, refreshDone = 0 }) => !op && refreshWanted !== refreshDone,
    from: ({ refreshFrom = 0 }) => refreshFrom,
  },
];

/** Whether the card was declined for what is wanted now; a later change is tried again. */
export function isParked({ parked, desiredVersion }: Ledger): boolean {
  return parked?.version === desiredVersion;
}

/** The step that is due; undefined where there is none, or not yet. */
export function dueStep(ledger: Ledger, now: number): Work["step"] | undefined {
  return work.find(({ isOpen, from }) => isOpen(ledger) && from(ledger) <= now)?.step;
}

/** When there is something to do next; undefined where nothing is open, or all that is waits for a payment. */
export function dueAt(ledger: Ledger): number | undefined {
  const times = work
    .filter(({ isOpen, step }) => isOpen(ledger) && !(step === "open" && isParked(ledger)))
    .map(({ from }) => from(ledger));
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** Whether Stripe may have something to say about the business: then it is looked at by the hour. */
export function isWatched({ subscription, customer, checkoutUntil = 0 }: Ledger, now: number): boolean {
  return subscription !== undefined || (customer !== undefined && now < checkoutUntil);
}

/** Opens an intent for what is wanted now. */
export function opened(ledger: Ledger, uuid: string, request: Pick<Intent, "proration" | "apiVersion">, now: number) {
  const { op, subscription, seats, desiredVersion } = ledger;
  if (op || !subscription) return undefined;
  const { itemId } = subscription;
  const retryAt = now + limits.sending;
  const intent = { uuid, version: desiredVersion, quantity: seats, itemId, ...request, openedAt: now };
  return { ...ledger, op: { ...intent, attempts: 0, retryAt } };
}

/** Claims an open intent for another try. */
export function adopted(ledger: Ledger, uuid: string, now: number): Ledger | undefined {
  const { op } = ledger;
  if (op?.uuid !== uuid || op.retryAt > now) return undefined;
  return { ...ledger, op: { ...op, attempts: op.attempts + 1, retryAt: now + limits.sending } };
}

/** How an intent ended. */
export type Ending = "applied" | "payment_required" | "failed";

/** Closes an intent, applied or not. */
export function closed(ledger: Ledger, uuid: string, ending: Ending, now: number): Ledger | undefined {
  const { op, customer, subscription } = ledger;
  if (op?.uuid !== uuid) return undefined;
  const without = { ...ledger, op: undefined, parked: undefined, nextAt: now + limits.pacing };
  if (ending === "applied") return { ...without, appliedVersion: op.version, appliedQuantity: op.quantity, drift: undefined };
  if (ending === "failed") return without;
  const paymentMethodId = customer?.paymentMethodId ?? null;
  const status = subscription?.status ?? null;
  return { ...without, parked: { version: op.version, until: now + limits.parking, paymentMethodId, status } };
}

/** Keeps an intent open whose answer is not definite, for a later try. */
export function kept(ledger: Ledger, uuid: string, now: number): Ledger | undefined {
  const { op } = ledger;
  if (op?.uuid !== uuid) return undefined;
  return { ...ledger, op: { ...op, retryAt: now + backOffAfter(op.attempts) } };
}

/** Longer from try to try, up to a minute: so soon it is noticed that Stripe is back. */
export function backOffAfter(attempts: number): number {
  return Math.min(limits.firstBackOff * 2 ** attempts, limits.mostBackOff);
}

/** What Stripe says of a business: the subscription that pays for licenses, or null where none lives. */
export interface Facts {
  readonly customer: Customer;
  readonly subscription: Subscription | null;
}

/** Takes in what Stripe says; `seen` is `refreshWanted` as it was before Stripe was read. */
export function refreshed(ledger: Ledger, facts: Facts, seen: number, now: number): Ledger | undefined {
  if (ledger.op) return undefined;
  const known = { ...ledger, refreshDone: seen, refreshFrom: undefined, customer: facts.customer };
  if (!facts.subscription) return ledger.subscription ? detached(known, now) : known;
  if (facts.subscription.id !== ledger.subscription?.id || facts.subscription.itemId !== ledger.subscription.itemId)
    return attached(known, facts.subscription);
  const { parked } = ledger;
  const paysAnew =
    parked?.paymentMethodId !== facts.customer.paymentMethodId || parked.status !== facts.subscription.status;
  return { ...known, subscription: facts.subscription, ...(paysAnew && { parked: undefined }) };
}

/** Stripe could not be read: to be tried again. */
export function notRefreshed(ledger: Ledger, now: number): Ledger {
  return { ...ledger, refreshFrom: now + limits.mostBackOff };
}

/** A subscription pays for the licenses from now on; nothing is known to be applied to it. */
function attached(ledger: Ledger, subscription: Subscription): Ledger {
  const unknown = { appliedVersion: undefined, appliedQuantity: undefined, parked: undefined, drift: undefined };
  return { ...ledger, ...unknown, subscription, checkoutUntil: undefined, detachedAt: undefined };
}

/** No subscription pays for the licenses any more. */
export function detached(ledger: Ledger, now: number): Ledger {
  const unknown = { appliedVersion: undefined, appliedQuantity: undefined, parked: undefined, drift: undefined };
  return { ...ledger, ...unknown, op: undefined, nextAt: undefined, subscription: undefined, detachedAt: now };
}

/** What a look at Stripe's quantity of a quiet ledger leads to. */
export function reconciled(ledger: Ledger, quantity: number, mayRepair: boolean, now: number): Ledger {
  const looked = { ...ledger, reconciledAt: now };
  if (quantity === ledger.seats) return { ...looked, drift: undefined };
  if (mayRepair && !isLarge(quantity, ledger.seats))
    return { ...looked, drift: undefined, desiredVersion: ledger.desiredVersion + 1 };
  return { ...looked, drift: { quantity, seenAt: now } };
}

/** A difference that nobody has made by mistake in passing: a person looks at it first. */
export function isLarge(quantity: number, seats: number): boolean {
  const difference = Math.abs(quantity - seats);
  return difference > limits.drift || (difference > limits.driftOfFew && difference > seats * limits.driftShare);
}

/** Whether nothing is under way and nothing waits: then Stripe's quantity must be `seats`. */
export function isQuiet(ledger: Ledger): boolean {
  return ledger.subscription !== undefined && work.every(({ isOpen }) => !isOpen(ledger));
}

/** The ledger with its holders counted anew. */
export function recounted(ledger: Ledger, held: Pick<Ledger, "seats" | "openInvitations">, now: number): Ledger {
  const counted = { ...ledger, recountedAt: now };
  if (held.seats === ledger.seats && held.openInvitations === ledger.openInvitations) return counted;
  const { desiredVersion, revision } = ledger;
  return { ...counted, ...held, desiredVersion: desiredVersion + 1, revision: revision + 1 };
}
