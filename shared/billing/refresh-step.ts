import type { Ledger } from "../domain/ledger.ts";
import { notRefreshed, refreshed } from "../domain/ledger-looks.ts";
import { log } from "../endpoint/log.ts";
import { type Desk, move, within } from "./desk.ts";
import { type Found, readFacts } from "./facts.ts";

/** Reads Stripe because it has news. How many there were is remembered from before the read: later ones count anew. */
export async function refreshLedger(desk: Desk, ledger: Ledger) {
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
