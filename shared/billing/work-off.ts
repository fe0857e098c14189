import { randomUUID } from "node:crypto";
import type { BillingSettings } from "../domain/billing-settings.ts";
import type { Intent, Ledger } from "../domain/ledger.ts";
import { adopted, applied, declined, failed, gone, kept, opened } from "../domain/ledger-intents.ts";
import { notRefreshed, refreshed } from "../domain/ledger-looks.ts";
import { ending, notEnding } from "../domain/ledger-subscription.ts";
import { dueAt, dueStep, type Step } from "../domain/ledger-work.ts";
import { isRefusal, type Meaning, meaningOf } from "../domain/stripe-answers.ts";
import { log } from "../endpoint/log.ts";
import type { Context } from "../operation.ts";
import { ledgerOf, moveLedger, type StoredLedger } from "../table/ledger.ts";
import { type Found, readCustomer, readFacts } from "./facts.ts";
import { apiVersion, type Gateway } from "./gateway.ts";
import { isAlive } from "./our-subscription.ts";
import { stripeFor } from "./stripe-of.ts";

/** What the steps of the protocol work with: where, how, and the time as it passes. */
export interface Desk {
  readonly context: Context;
  readonly businessId: string;
  readonly settings: BillingSettings;
  readonly stripe: Gateway;
  readonly now: () => number;
}

/** After a call to Stripe there must be time left to write down what it answered. */
const reserve = 400;
const longestCall = 10_000;
const mostSteps = 6;

/** Sits down to a business's ledger; `now` is the time of this moment, which goes on with the invocation's. */
export async function deskFor(
  context: Context,
  businessId: string,
  settings: BillingSettings,
  now = context.now,
): Promise<Desk> {
  const atFirst = context.timeLeft();
  const stripe = await stripeFor(context, businessId);
  return {
    context,
    businessId,
    settings,
    stripe,
    now: () => now + Math.max(0, atFirst - context.timeLeft()),
  };
}

/**
 * Takes the steps of a ledger that are due, one after the other, until none is or the time is up. Anybody may, at any
 * time, beside anybody: each step is a compare-and-set, and what is sent to Stripe is the ledger's one open intent.
 */
export async function workOff(
  desk: Desk,
  steps: readonly Step[],
  read?: StoredLedger,
): Promise<StoredLedger | undefined> {
  let ledger = read ?? (await ledgerOf.run(desk.context, desk.businessId));
  for (let taken = 0; ledger && taken < mostSteps && within(desk) > 0; taken += 1) {
    const step = dueStep(ledger, desk.now(), steps);
    if (!step) break;
    ledger = await take[step](desk, ledger);
  }
  return ledger;
}

const take: Readonly<Record<Step, (desk: Desk, ledger: Ledger) => Promise<StoredLedger | undefined>>> = {
  open: openIntent,
  send: adoptIntent,
  cancel: cancelSubscription,
  refresh: refreshLedger,
};

/** What a call to Stripe may take. */
function within({ context }: Desk): number {
  return Math.min(context.timeLeft() - reserve, longestCall);
}

function move({ context, businessId }: Desk, ledger: Ledger, to: Parameters<typeof moveLedger.run>[3]) {
  return moveLedger.run(context, businessId, ledger, to);
}

/** Writes down what is about to be sent, before it is: on no intent, and on the version that the quantity is of. */
async function openIntent(desk: Desk, ledger: Ledger) {
  const uuid = randomUUID();
  const { prorationBehavior } = desk.settings;
  const settings = { prorationBehavior, apiVersion };
  const after = await move(desk, ledger, (now) => opened(now, uuid, settings, desk.now()));
  return after?.op?.uuid === uuid ? sendIntent(desk, after, after.op) : after;
}

/** Takes on the intent of somebody who has not come back to it. */
async function adoptIntent(desk: Desk, ledger: Ledger) {
  const { op } = ledger;
  const after = await move(desk, ledger, (now) => adopted(now, desk.now()));
  const isMine = after?.op && after.op.uuid === op?.uuid && after.op.attempts > op.attempts;
  return isMine ? sendIntent(desk, after, after.op) : after;
}

/** Sends an intent, exactly as it was written down, and closes it if the answer is definite. */
async function sendIntent(desk: Desk, ledger: Ledger, op: Intent) {
  const answer = await desk.stripe.setQuantity(op.request, op.uuid, { within: within(desk) });
  const heard = answer.ok
    ? { status: 200, replayed: answer.replayed, quantity: answer.value.quantity }
    : { status: answer.status, replayed: answer.replayed };
  const meaning = meaningOf(heard, op.request.quantity);
  const isUnsure = meaning === "perhaps gone" && !(await isGone(desk, ledger, op));
  const close = closing[isUnsure ? "unknown" : meaning];
  return move(desk, ledger, (now) => close(now, op, desk.now()));
}

/** What becomes of an intent, by what the answer means. */
const closing: Readonly<Record<Meaning, (ledger: Ledger, op: Intent, now: number) => Ledger | undefined>> = {
  applied,
  declined,
  failed,
  "perhaps gone": gone,
  unknown: kept,
};

/**
 * Whether a read of Stripe confirms that the item, or its whole subscription, is no more. An account that doesn't know
 * the customer either is not the one that bills.
 */
async function isGone(desk: Desk, { customer, subscription }: Ledger, { request }: Intent): Promise<boolean> {
  if (!customer || !subscription || within(desk) <= 0) return false;
  const answer = await desk.stripe.readSubscription(subscription.id, { within: within(desk) });
  if (!answer.ok && answer.status === 404 && within(desk) > 0)
    return (await readCustomer(desk.stripe, desk.businessId, customer.id, { within: within(desk) })).ok;
  if (!answer.ok) return false;
  return !isAlive(answer.value) || !answer.value.items.some(({ id }) => id === request.itemId);
}

/** Asks Stripe to end the subscription with its period. Said twice, it changes nothing more. */
async function cancelSubscription(desk: Desk, { cancelWanted = "", ...ledger }: Ledger) {
  const answer = await desk.stripe.cancelAtPeriodEnd(cancelWanted, { within: within(desk) });
  return move(desk, { cancelWanted, ...ledger }, (now) =>
    answer.ok
      ? ending(now, cancelWanted, answer.value.cancelAt)
      : notEnding(now, cancelWanted, isRefusal(answer), desk.now()),
  );
}

/** Reads Stripe because it has news. How many there were is remembered from before the read: later ones count anew. */
async function refreshLedger(desk: Desk, ledger: Ledger) {
  const seen = ledger.refreshWanted ?? 0;
  const { facts } = await factsOf(desk, ledger);
  return move(desk, ledger, (now) =>
    facts ? refreshed(now, facts, seen, desk.now()) : notRefreshed(now, desk.now()),
  );
}

/** What Stripe has of a business; without it, the status of the answer that says nothing of it, if there was one. */
type Look = { readonly facts: Found } | { readonly facts: undefined; readonly status: number | null };

/** Reads what Stripe has of the business. An alarm counts what is logged. */
export async function factsOf(desk: Desk, { customer, subscription }: Ledger): Promise<Look> {
  const mayWrite = desk.settings.mode === "apply";
  const nobody = { customer: undefined, subscription: null, quantity: undefined, subscriptions: 0 };
  if (!customer) return subscription ? { facts: undefined, status: null } : { facts: nobody };
  const who = { businessId: desk.businessId, customerId: customer.id, known: subscription, mayWrite };
  const answer = await readFacts(desk.stripe, desk.settings, who, { within: within(desk) });
  if (!answer.ok) return { facts: undefined, status: answer.status };
  const { subscriptions } = answer.value;
  if (subscriptions > 1) log("error", { severalSubscriptions: desk.businessId, count: subscriptions });
  return { facts: answer.value };
}

/** Takes a ledger off the list of what is due where nothing is, such as one that has no subscription. */
export async function putAway(
  { context, businessId }: Pick<Desk, "context" | "businessId">,
  ledger: StoredLedger,
): Promise<void> {
  if (dueAt(ledger) === undefined && ledger.gsi2pk?.startsWith("DUE#LICENSES"))
    await moveLedger.run(context, businessId, ledger, (now) => (dueAt(now) === undefined ? now : undefined));
}
