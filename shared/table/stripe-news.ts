import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { duePartition, dueTime, shardOf } from "./due.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";

/** Which business a customer at Stripe is. */
export interface StripeCustomerItem {
  readonly businessId: string;
}

const aDay = 24 * 60 * 60 * 1_000;
/** Stripe sends an event for three days at most. */
const keptFor = 7 * aDay;

class TakenBefore extends Error {}

/**
 * Notes, once for each event, that Stripe has news of a customer: its business's ledger becomes due, and nothing else
 * is written. Answers whether there was anything to note: an event that came before, and a customer who is none of
 * ours, leave nothing.
 */
export const noteStripeNews = {
  name: "noteStripeNews",
  needs: [
    { actions: ["dynamodb:GetItem"], partitions: ["STRIPE", "STRIPE_EVENT"] },
    { actions: ["dynamodb:PutItem"], partitions: ["STRIPE_EVENT"] },
    { actions: ["dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
  ],
  async run(context: Context, eventId: string, customerId: string): Promise<boolean> {
    const { now } = context;
    const [customer, before] = await Promise.all([
      get<StripeCustomerItem>(context, key.stripeCustomer(customerId)),
      get(context, key.stripeEvent(eventId)),
    ]);
    if (!customer || before) return false;
    const { businessId } = customer;
    try {
      await commit(context, [
        {
          put: key.stripeEvent(eventId),
          item: { businessId, takenAt: now, expiresAtTtl: Math.ceil((now + keptFor) / 1_000) },
          when: "missing",
          orElse: () => new TakenBefore(),
        },
        {
          update: key.licenses(businessId),
          add: { refreshWanted: 1 },
          set: { gsi2pk: duePartition("LICENSES", shardOf(businessId)) },
          setOnce: { gsi2sk: dueTime(now) },
          when: "exists",
        },
      ]);
      return true;
    } catch (error) {
      if (error instanceof TakenBefore) return false;
      throw error;
    }
  },
} satisfies Operation;
