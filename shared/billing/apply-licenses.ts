import { dueStep } from "../domain/ledger-work.ts";
import { describeError, log } from "../endpoint/log.ts";
import type { Context, Operation } from "../operation.ts";
import { tableOf } from "../table/client.ts";
import { ledgerOf, type StoredLedger } from "../table/ledger.ts";
import { billingSettings } from "./settings.ts";

/** What a request does at once; to read Stripe's news it leaves to the job. */
const inline = ["send", "open", "cancel"] as const;

/** A request waits no longer for Stripe. */
const patience = 2_000;

/**
 * Tells Stripe at once of a change that has been made. Whatever becomes of it, the change stands, and the job does what
 * is left of it: so this fails at nothing, and takes two seconds at most. Only what is due loads the protocol. Answers
 * the ledger as it is then, where it was read.
 */
export const applyLicenses = {
  name: "applyLicenses",
  needs: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
    { actions: ["secretsmanager:GetSecretValue"], resource: "stripeSecret" },
    { setting: "billing" },
  ],
  async run(context: Context, businessId: string): Promise<StoredLedger | undefined> {
    const settings = billingSettings();
    if (settings?.mode !== "apply") return undefined;
    const atFirst = context.timeLeft();
    const timeLeft = () => Math.min(context.timeLeft(), patience - (atFirst - context.timeLeft()));
    try {
      // A file beside the bundle has modules of its own, but not another connection to the table.
      const bounded = { ...context, table: tableOf(context), timeLeft };
      const ledger = await ledgerOf.run(bounded, businessId);
      if (!ledger?.subscription || !dueStep(ledger, context.now, inline)) return ledger;
      const { deskFor, workOff } = await import("./work-off.ts");
      return await workOff(await deskFor(bounded, businessId, settings), inline, ledger);
    } catch (error) {
      // The ledger is due: the job will find it. Whoever had no time for it has nothing to tell; a file beside the
      // bundle has a class of its own for that.
      if (!(error instanceof Error && "failure" in error))
        log("error", { brokenLedger: businessId, ...describeError(error) });
      return undefined;
    }
  },
} satisfies Operation;
