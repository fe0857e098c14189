import { log } from "../endpoint/log.ts";
import type { Context } from "../operation.ts";
import type { Answer, Gateway } from "./gateway.ts";

/** What reaches Stripe: the invocation's own, or the SDK, which is loaded when a bill changes and not before. */
export async function stripeOf({ stripe }: Context): Promise<Gateway> {
  return stripe ?? (await import("./stripe.ts")).openStripe();
}

/**
 * The same, on behalf of a business: whatever isn't answered well is told to the log, with what it takes to find it in
 * Stripe's own log. Stripe's message is not: it may quote what was sent.
 */
export async function stripeFor(context: Context, businessId: string): Promise<Gateway> {
  const tell = (answer: Answer<unknown>) => {
    if (answer.ok) return;
    const { status, type, code, requestId } = answer;
    const said = { stripeStatus: status, stripeType: type, stripeCode: code, stripeRequestId: requestId };
    log("error", { stuckLedger: businessId, ...said });
  };
  return new Proxy(await stripeOf(context), {
    get(stripe, name) {
      const ask: unknown = Reflect.get(stripe, name);
      if (typeof ask !== "function") return ask;
      return async (...input: unknown[]) => {
        const answer: Answer<unknown> = await ask.apply(stripe, input);
        tell(answer);
        return answer;
      };
    },
  });
}
