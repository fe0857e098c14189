import { abandoned, type Step } from "../domain/ledger.ts";
import type { Context, Operation } from "../operation.ts";
import { ledgerOf, moveLedger } from "../table/ledger.ts";
import { billingSettings } from "./settings.ts";
import { deskFor, putAway, workOff } from "./work-off.ts";

/** What a request does at once; to read Stripe's news it leaves to the job. */
const inline = ["send", "open", "cancel"] as const;

const needs = [
  { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
  { actions: ["secretsmanager:GetSecretValue"], resource: "stripeSecret" },
  { setting: "billing" },
] as const satisfies Operation["needs"];

/** A request waits no longer for Stripe. */
const patience = 2_000;

/**
 * Tells Stripe at once of a change that has been made. Whatever becomes of it, the change stands, and the job does what
 * is left of it: so this fails at nothing, and takes two seconds at most.
 */
export const applyLicenses = {
  name: "applyLicenses",
  needs,
  async run(context: Context, businessId: string): Promise<void> {
    const settings = billingSettings();
    if (settings?.mode !== "apply") return;
    const atFirst = context.timeLeft();
    const timeLeft = () => Math.min(context.timeLeft(), patience - (atFirst - context.timeLeft()));
    try {
      const bounded = { ...context, timeLeft };
      const ledger = await ledgerOf.run(bounded, businessId);
      if (ledger?.subscription) await workOff(await deskFor(bounded, businessId, settings), inline, ledger);
    } catch {
      // The ledger is due: the job will find it.
    }
  },
} satisfies Operation;

/** What may be done about a ledger that is due, by the deployment's mode. */
const steps: Readonly<Record<"apply" | "report", readonly Step[]>> = {
  apply: ["send", "open", "cancel", "refresh"],
  report: ["refresh"],
};

/** Does all that is due about a business's ledger, at the time `now`, and answers the ledger as it is then. */
export const workOffLedger = {
  name: "workOffLedger",
  needs,
  async run(context: Context, businessId: string, now: number) {
    const settings = billingSettings();
    if (!settings) return undefined;
    const desk = await deskFor(context, businessId, settings, now);
    const ledger = await workOff(desk, steps[settings.mode]);
    if (!ledger) return undefined;
    if (settings.mode === "report" && ledger.op)
      return moveLedger.run(context, businessId, ledger, (read) => abandoned(read, desk.now()));
    await putAway(desk, ledger);
    return ledger;
  },
} satisfies Operation;
