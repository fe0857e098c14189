import { Failed, TooManyRequests } from "../domain/failures.ts";
import type { Context } from "../operation.ts";
import { commit } from "./commit.ts";
import { count } from "./rates.ts";

/** What somebody waits for at Stripe. Each has a limit of its own: a member's previews keep no Owner from paying. */
export type BillingPage = "CHECKOUT" | "PORTAL" | "PREVIEW";

const limit = 10;
const aMinute = 60_000;

/** What `takeBillingTurn` needs, for the operations that take one. */
export const turnNeeds = { actions: ["dynamodb:UpdateItem"], partitions: ["RATE"] } as const;

/**
 * Counts that a business asks Stripe for something, which is allowed ten times a minute: all businesses share what
 * Stripe takes of the deployment, and the license protocol needs it too.
 */
export async function takeBillingTurn(context: Context, businessId: string, page: BillingPage) {
  const rate = { scope: `${page}#${businessId}`, limit, window: aMinute };
  const detail = `A business may ask for this ${limit} times a minute.`;
  const refuse = (_: number, retryAfter: number) => new Failed(TooManyRequests, { detail, retryAfter });
  await commit(context, [count(rate, 1, context.now, refuse)]);
}
