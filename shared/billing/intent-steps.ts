/** The steps that concern an intent: it is written down, sent, and closed by what Stripe answers. */
import { randomUUID } from "node:crypto";
import type { Intent, Ledger } from "../domain/ledger.ts";
import { adopted, applied, declined, failed, gone, kept, opened } from "../domain/ledger-intents.ts";
import { type Meaning, meaningOf } from "../domain/stripe-answers.ts";
import { type Desk, move, within } from "./desk.ts";
import { readCustomer } from "./facts.ts";
import { apiVersion } from "./gateway.ts";
import { isAlive } from "./our-subscription.ts";

/** Writes down what is about to be sent, before it is: on no intent, and on the version that the quantity is of. */
export async function openIntent(desk: Desk, ledger: Ledger) {
  const uuid = randomUUID();
  const { prorationBehavior } = desk.settings;
  const settings = { prorationBehavior, apiVersion };
  const after = await move(desk, ledger, (now) => opened(now, uuid, settings, desk.now()));
  return after?.op?.uuid === uuid ? sendIntent(desk, after, after.op) : after;
}

/** Takes on the intent of somebody who has not come back to it. */
export async function adoptIntent(desk: Desk, ledger: Ledger) {
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
