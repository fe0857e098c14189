import type { Ledger } from "../domain/ledger.ts";
import { ending, notEnding } from "../domain/ledger-subscription.ts";
import { dueAt, dueStep, type Step } from "../domain/ledger-work.ts";
import { isRefusal } from "../domain/stripe-answers.ts";
import { ledgerOf, moveLedger, type StoredLedger } from "../table/ledger.ts";
import { type Desk, move, within } from "./desk.ts";
import { adoptIntent, openIntent } from "./intent-steps.ts";
import { refreshLedger } from "./refresh-step.ts";

export { deskFor } from "./desk.ts";

const mostSteps = 6;

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

/** Asks Stripe to end the subscription with its period. Said twice, it changes nothing more. */
async function cancelSubscription(desk: Desk, { cancelWanted = "", ...ledger }: Ledger) {
  const answer = await desk.stripe.cancelAtPeriodEnd(cancelWanted, { within: within(desk) });
  return move(desk, { cancelWanted, ...ledger }, (now) =>
    answer.ok
      ? ending(now, cancelWanted, answer.value.cancelAt)
      : notEnding(now, cancelWanted, isRefusal(answer), desk.now()),
  );
}

/** Takes a ledger off the list of what is due where nothing is, such as one that has no subscription. */
export async function putAway(
  { context, businessId }: Pick<Desk, "context" | "businessId">,
  ledger: StoredLedger,
): Promise<void> {
  if (dueAt(ledger) === undefined && ledger.gsi2pk?.startsWith("DUE#LICENSES"))
    await moveLedger.run(context, businessId, ledger, (now) => (dueAt(now) === undefined ? now : undefined));
}
