import { abandoned } from "../domain/ledger-intents.ts";
import { dueStep, type Step } from "../domain/ledger-work.ts";
import type { Context, Operation } from "../operation.ts";
import { ledgerOf, moveLedger } from "../table/ledger.ts";
import { deskFor } from "./desk.ts";
import { billingSettings } from "./settings.ts";
import { putAway, workOff } from "./work-off.ts";

/** What may be done about a ledger that is due, by the deployment's mode. */
const steps: Readonly<Record<"apply" | "report", readonly Step[]>> = {
  apply: ["send", "open", "cancel", "refresh"],
  report: ["refresh"],
};

/** Does all that is due about a business's ledger, at the time `now`, and answers the ledger as it is then. */
export const workOffLedger = {
  name: "workOffLedger",
  needs: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
    { actions: ["secretsmanager:GetSecretValue"], resource: "stripeSecret" },
    { setting: "billing" },
  ],
  async run(context: Context, businessId: string, now: number) {
    const settings = billingSettings();
    if (!settings) return undefined;
    const read = await ledgerOf.run(context, businessId);
    if (!read) return undefined;
    if (settings.mode === "apply" && !dueStep(read, now, steps.apply)) {
      // Mostly the request has done it all: then neither Stripe's SDK nor its key is wanted.
      await putAway({ context, businessId }, read);
      return read;
    }
    const desk = await deskFor(context, businessId, settings, now);
    const ledger = await workOff(desk, steps[settings.mode], read);
    if (!ledger) return undefined;
    if (settings.mode === "apply") {
      await putAway(desk, ledger);
      return ledger;
    }
    const settled = await moveLedger.run(context, businessId, ledger, (read) => abandoned(read, desk.now()));
    if (settled) await putAway(desk, settled);
    return settled;
  },
} satisfies Operation;
