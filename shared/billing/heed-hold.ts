import { BillingHeld, Failed } from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { billingSettings } from "./settings.ts";

/** Refuses what would have to be changed at Stripe, where nothing may be, as after a restore. */
export const heedHold = {
  name: "heedHold",
  needs: [{ setting: "billing" }],
  fails: [BillingHeld],
  async run(_: Context): Promise<void> {
    if (billingSettings()?.mode === "report") throw new Failed(BillingHeld);
  },
} satisfies Operation;
