import { Busy } from "../domain/failures.ts";
import type { Customer } from "../domain/ledger.ts";
import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { duePartition, dueTime, shardOf } from "./due.ts";
import { ledgerOf, ledgerWrite } from "./ledger.ts";
import { get } from "./read.ts";
import { decideAnew } from "./retry.ts";
import { key } from "./schema.ts";

/** Which business a customer at Stripe is. */
export interface StripeCustomerItem {
  readonly businessId: string;
}

/**
 * Takes a customer at Stripe for a business's, where the business is there and has no other: what they pay is read
 * next. Answers whether it is.
 */
export const adoptCustomer = {
  name: "adoptCustomer",
  needs: [
    { actions: ["dynamodb:PutItem"], partitions: ["STRIPE"] },
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
  ],
  fails: [Busy],
  async run(context: Context, businessId: string, customer: Customer): Promise<boolean> {
    return decideAnew(context, async () => {
      const ledger = await ledgerOf.run(context, businessId);
      if (!ledger || (ledger.customer && ledger.customer.id !== customer.id)) return false;
      const { refreshWanted = 0 } = ledger;
      const next = { ...ledger, customer: ledger.customer ?? customer, refreshWanted: refreshWanted + 1 };
      await commit(context, [
        ledgerWrite(context, businessId, ledger, next),
        { put: key.stripeCustomer(customer.id), item: { businessId } },
      ]);
      return true;
    });
  },
} satisfies Operation;

const aDay = 24 * 60 * 60 * 1_000;
/** Stripe sends an event for three days at most. */
const keptFor = 7 * aDay;

class TakenBefore extends Error {}

/**
 * Notes, once for each event, that Stripe has news of a customer: its business's ledger becomes due, and nothing else
 * is written. An event that came before leaves nothing, nor does a customer whom the table doesn't know.
 */
export const noteStripeNews = {
  name: "noteStripeNews",
  needs: [
    { actions: ["dynamodb:GetItem"], partitions: ["STRIPE", "STRIPE_EVENT"] },
    { actions: ["dynamodb:PutItem"], partitions: ["STRIPE_EVENT"] },
    { actions: ["dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
  ],
  async run(context: Context, eventId: string, customerId: string): Promise<"noted" | "unknown customer"> {
    const { now } = context;
    const [customer, before] = await Promise.all([
      get<StripeCustomerItem>(context, key.stripeCustomer(customerId)),
      get(context, key.stripeEvent(eventId)),
    ]);
    if (before) return "noted";
    if (!customer) return "unknown customer";
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
      return "noted";
    } catch (error) {
      if (error instanceof TakenBefore) return "noted";
      throw error;
    }
  },
} satisfies Operation;
