import { AlreadySubscribed, BusinessNotFound, Busy, Failed, NoSubscription } from "../domain/failures.ts";
import { type Customer, cancelled, checkedOut, type Ledger } from "../domain/ledger.ts";
import type { Context, Operation } from "../operation.ts";
import { commit, type Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import type { Outcome } from "./idempotency.ts";
import { ledgerOf, ledgerWrite } from "./ledger.ts";
import { callerMay, type Member } from "./members.ts";
import { decideAnew } from "./retry.ts";
import { key } from "./schema.ts";

const needs = [
  {
    actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
    partitions: ["BUSINESS"],
  },
] as const satisfies Operation["needs"];

/** Notes that a Checkout is open, until a time, and which customer at Stripe the business is. */
export const noteCheckout = {
  name: "noteCheckout",
  needs: [
    { actions: ["dynamodb:PutItem"], partitions: ["STRIPE", "BUSINESS"] },
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"],
      partitions: ["BUSINESS"],
    },
  ],
  fails: [AlreadySubscribed, BusinessNotFound, Busy],
  async run(
    context: Context,
    caller: Member,
    { read, customer, until }: { read: Ledger; customer: Customer; until: number },
    outcome: Outcome,
  ): Promise<void> {
    const { businessId, userId } = caller;
    await decideAnew(context, async (again) => {
      const ledger = again ? await ledgerFor(context, businessId) : read;
      const next = checkedOut(ledger, customer, until, context.now);
      if (!next) throw new Failed(AlreadySubscribed);
      await commit(
        context,
        [
          callerMay(caller),
          ledgerWrite(context, businessId, ledger, next),
          { put: key.stripeCustomer(customer.id), item: { businessId } },
          event(context, businessId, "subscription.begun", userId),
        ],
        outcome,
      );
    });
  },
} satisfies Operation;

/** Notes that the subscription shall end with its period: Stripe is told after that, at once or as soon as it answers. */
export const endSubscription = {
  name: "endSubscription",
  needs,
  fails: [NoSubscription, BusinessNotFound, Busy],
  async run(context: Context, caller: Member): Promise<void> {
    const { businessId, userId } = caller;
    await decideAnew(context, async () => {
      const ledger = await ledgerFor(context, businessId);
      const next = cancelled(ledger);
      if (!next) throw new Failed(NoSubscription);
      await commit(
        context,
        [
          callerMay(caller),
          ledgerWrite(context, businessId, ledger, next),
          event(context, businessId, "subscription.ended", userId),
        ],
        { businessId },
      );
    });
  },
} satisfies Operation;

/** Limits how many licenses may be taken; undefined for any number. Those that are held stay. */
export const limitSeats = {
  name: "limitSeats",
  needs,
  fails: [BusinessNotFound, Busy],
  async run(context: Context, caller: Member, seatLimit: number | undefined): Promise<void> {
    const { businessId, userId } = caller;
    await commit(
      context,
      [
        callerMay(caller),
        {
          update: key.licenses(businessId),
          ...(seatLimit === undefined ? { remove: ["seatLimit"] } : { set: { seatLimit } }),
          when: "exists",
        },
        event(context, businessId, "licenses.limited", userId),
      ],
      { businessId },
    );
  },
} satisfies Operation;

async function ledgerFor(context: Context, businessId: string): Promise<Ledger> {
  const ledger = await ledgerOf.run(context, businessId);
  if (!ledger) throw new Failed(BusinessNotFound);
  return ledger;
}

function event(
  context: Context,
  businessId: string,
  type: "subscription.begun" | "subscription.ended" | "licenses.limited",
  actorUserId: string,
): Write {
  return businessEvent(context, businessId, { type, actorUserId, subjectId: businessId });
}
