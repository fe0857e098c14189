import type { Context, Operation } from "../operation.ts";
import type { Verified } from "./gateway.ts";
import { billingSettings } from "./settings.ts";
import { stripeOf } from "./stripe-of.ts";

/** Whether Stripe has signed a webhook's body, to the byte, and lately. */
export const verifyStripeEvent = {
  name: "verifyStripeEvent",
  needs: [{ actions: ["secretsmanager:GetSecretValue"], resource: "stripeSecret" }, { setting: "billing" }],
  async run(context: Context, body: Uint8Array, signature: string): Promise<Verified> {
    if (!billingSettings()) return { ok: false, reason: "This deployment has no billing." };
    return (await stripeOf(context)).verifyWebhook(body, signature, context.now);
  },
} satisfies Operation;
