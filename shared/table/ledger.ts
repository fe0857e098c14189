import { isDeepStrictEqual } from "node:util";
import { dueAt, isWatched, type Ledger } from "../domain/ledger.ts";
import type { Context, Operation } from "../operation.ts";
import { duePartition, dueTime, shardOf } from "./due.ts";
import { type Changes, setOrRemove, type Tests } from "./expressions.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";
import { update } from "./update.ts";

/** A ledger, and where it stands in the index of what is due. */
export interface StoredLedger extends Ledger {
  readonly gsi2pk?: string | undefined;
}

/** A business's ledger; undefined where there is no such business. */
export const ledgerOf = {
  name: "ledgerOf",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, businessId: string): Promise<StoredLedger | undefined> {
    return get<StoredLedger>(context, key.licenses(businessId));
  },
} satisfies Operation;

const mostTries = 8;

/** From a ledger to the one that it becomes, or undefined where the move doesn't apply. */
export type Move = (ledger: Ledger) => Ledger | undefined;

/**
 * Moves a ledger: it is written if nothing has come between since it was read, else read and decided anew. Answers
 * the ledger as it is then, moved or not; undefined where it is gone.
 */
export const moveLedger = {
  name: "moveLedger",
  needs: [{ actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] }],
  async run(
    context: Context,
    businessId: string,
    read: Ledger,
    move: Move,
  ): Promise<StoredLedger | undefined> {
    let ledger: StoredLedger | undefined = read;
    for (let tries = 0; ledger && tries < mostTries; tries += 1) {
      const next = move(ledger);
      if (!next) return ledger;
      if (await replace(context, businessId, ledger, next))
        return { ...next, ...dueKeys(next, businessId, context.now) };
      ledger = await ledgerOf.run(context, businessId);
    }
    return ledger;
  },
} satisfies Operation;

/** Writes what a ledger becomes, if it is still what it was; answers whether it did. */
export async function replace(
  context: Context,
  businessId: string,
  before: Ledger,
  after: Ledger,
  more: Tests = {},
): Promise<boolean> {
  try {
    await update(context, key.licenses(businessId), changesOf(context, businessId, before, after), {
      ...asRead(before),
      ...more,
    });
    return true;
  } catch (error) {
    if ((error as Error).name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}

/** What a decision about a ledger rests on: its versions, its intent, its subscription, and what Stripe has to say. */
function asRead({ desiredVersion, op, subscription, refreshWanted }: Ledger): Tests {
  return {
    desiredVersion,
    "op.uuid": op?.uuid ?? null,
    "op.retryAt": op?.retryAt ?? null,
    "subscription.itemId": subscription?.itemId ?? null,
    refreshWanted: refreshWanted ?? null,
  };
}

/** The attributes that differ, and where the ledger stands in the index of what is due. */
function changesOf({ now }: Context, businessId: string, before: Ledger, after: Ledger): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Ledger)[];
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  const members = Object.fromEntries(changed.map((name) => [name, after[name]]));
  return setOrRemove({ ...members, ...dueKeys(after, businessId, now) });
}

/**
 * Where a ledger is found when it needs attention: at the time when its work is due; without any, in the list of
 * those that are looked at by the hour, at the time of the last look. Both are past once a change makes it due.
 */
export function dueKeys(ledger: Ledger, businessId: string, now: number) {
  const shard = shardOf(businessId);
  const at = dueAt(ledger);
  if (at !== undefined) return { gsi2pk: duePartition("LICENSES", shard), gsi2sk: dueTime(at) };
  if (!isWatched(ledger, now)) return { gsi2pk: undefined, gsi2sk: undefined };
  return { gsi2pk: duePartition("RECONCILE", shard), gsi2sk: dueTime(ledger.reconciledAt ?? now) };
}
