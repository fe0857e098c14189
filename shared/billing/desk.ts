import type { BillingSettings } from "../domain/billing-settings.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { Context } from "../operation.ts";
import { moveLedger } from "../table/ledger.ts";
import type { Gateway } from "./gateway.ts";
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

/** What a call to Stripe may take. */
export function within({ context }: Desk): number {
  return Math.min(context.timeLeft() - reserve, longestCall);
}

/** Writes down a move of the ledger, if nothing came between; answers the ledger as it is then. */
export function move(
  { context, businessId }: Desk,
  ledger: Ledger,
  to: Parameters<typeof moveLedger.run>[3],
) {
  return moveLedger.run(context, businessId, ledger, to);
}
