import type { Ledger } from "../domain/ledger.ts";
import { limits } from "../domain/ledger-limits.ts";
import {
  glanced,
  inVain,
  isLarge,
  reconciled,
  recounted,
  refreshed,
  unknown,
} from "../domain/ledger-looks.ts";
import { isSettled } from "../domain/ledger-work.ts";
import type { Context, Operation } from "../operation.ts";
import { countHolders } from "../table/count-holders.ts";
import { ledgerOf, moveLedger, replace } from "../table/ledger.ts";
import { type Desk, deskFor } from "./desk.ts";
import { factsOf } from "./refresh-step.ts";
import { billingSettings } from "./settings.ts";

/** What a look at a business's licenses found that a person should see. */
export interface Findings {
  readonly ledger: Ledger;
  /** How many hold a license, where the ledger says otherwise. */
  readonly counted: number | undefined;
  /** Whether Stripe answered, if only that it doesn't know the customer. */
  readonly isHeard: boolean;
}

/**
 * Looks at a business's licenses, at the time `now`, unless that was done since `lookedBefore`: counts the holders once
 * a day, and compares with Stripe.
 */
export const reconcileLedger = {
  name: "reconcileLedger",
  needs: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Query"], partitions: ["BUSINESS"] },
    { actions: ["secretsmanager:GetSecretValue"], resource: "stripeSecret" },
    { setting: "billing" },
  ],
  async run(
    context: Context,
    businessId: string,
    lookedBefore: number,
    now: number,
  ): Promise<Findings | undefined> {
    const settings = billingSettings();
    const read = settings && (await ledgerOf.run(context, businessId));
    if (!settings || !read || lastLook(read) > lookedBefore) return undefined;
    const desk = await deskFor(context, businessId, settings, now);
    const { ledger, counted } = await recount(desk, read);
    const look = await factsOf(desk, ledger);
    const { facts } = look;
    if (!facts) {
      const isUnknown = look.status === 404;
      const leave = isUnknown ? unknown : inVain;
      const after = await moveLedger.run(context, businessId, ledger, (latest) => leave(latest, desk.now()));
      return { ledger: after ?? ledger, counted, isHeard: isUnknown };
    }
    const seen = ledger.refreshWanted ?? 0;
    const compared = await moveLedger.run(context, businessId, ledger, (latest) => {
      const known = latest.op ? glanced(latest, facts) : refreshed(latest, facts, seen, desk.now());
      const wasSettled = isSettled(ledger) && latest.desiredVersion === ledger.desiredVersion;
      const quantity = wasSettled ? facts.quantity : undefined;
      return known && reconciled(known, quantity, settings.mode === "apply", desk.now());
    });
    return { ledger: compared ?? ledger, counted, isHeard: true };
  },
} satisfies Operation;

function lastLook({ reconciledAt = 0, inVainAt = 0 }: Ledger): number {
  return Math.max(reconciledAt, inVainAt);
}

/**
 * Counts the holders of licenses, where that was not done for a day. What was miscounted is put right, unless somebody
 * took or gave back a license while they were counted, or it is so much that a person should look first.
 */
async function recount(desk: Desk, ledger: Ledger): Promise<Pick<Findings, "ledger" | "counted">> {
  const { context, businessId, settings } = desk;
  if (desk.now() - (ledger.recountedAt ?? 0) < limits.recount) return { ledger, counted: undefined };
  const held = await countHolders.run(context, businessId);
  const isRight = held.seats === ledger.seats && held.openInvitations === ledger.openInvitations;
  const mayRepair = settings.mode === "apply" && !isLarge(held.seats, ledger.seats);
  const after = recounted(ledger, isRight || mayRepair ? held : ledger, desk.now());
  const written = await replace(context, businessId, ledger, after, { revision: ledger.revision });
  if (written) return { ledger: written, counted: isRight ? undefined : held.seats };
  return { ledger: (await ledgerOf.run(context, businessId)) ?? ledger, counted: undefined };
}
