import type { Context } from "../operation.ts";
import type { Gateway } from "./gateway.ts";

/** What reaches Stripe: the invocation's own, or the SDK, which is loaded when a bill changes and not before. */
export async function stripeOf({ stripe }: Context): Promise<Gateway> {
  return stripe ?? (await import("./stripe.ts")).stripe;
}
