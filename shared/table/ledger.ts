import { isDeepStrictEqual } from "node:util";
import type { Ledger } from "../domain/ledger.ts";
import { limits } from "../domain/ledger-limits.ts";
import { dueAt, isWatched } from "../domain/ledger-work.ts";
import type { Context, Operation } from "../operation.ts";
import type { Write } from "./commit.ts";
import { duePartition, dueTime, shardOf } from "./due.ts";
import { type Changes, setOrRemove, type Tests } from "./expressions.ts";
import { get } from "./read.ts";
import { changedMeanwhile } from "./retry.ts";
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
      const replaced = await replace(context, businessId, ledger, next);
      if (replaced) return replaced;
      ledger = await ledgerOf.run(context, businessId);
    }
    return ledger;
  },
} satisfies Operation;

/** Writes what a ledger becomes, if it is still what it was, and answers it as stored; undefined where it isn't. */
export async function replace(
  context: Context,
  businessId: string,
  before: Ledger,
  after: Ledger,
  more: Tests = {},
): Promise<StoredLedger | undefined> {
  const stored = asStored(context, businessId, before, after);
  try {
    await update(context, key.licenses(businessId), changesOf(before, stored), {
      ...asRead(before),
      ...more,
    });
    return stored;
  } catch (error) {
    if ((error as Error).name === "ConditionalCheckFailedException") return undefined;
    throw error;
  }
}

/** The write that moves a ledger in a transaction with others: decided anew where something has come between. */
export function ledgerWrite(context: Context, businessId: string, before: Ledger, after: Ledger): Write {
  return {
    update: key.licenses(businessId),
    ...changesOf(before, asStored(context, businessId, before, after)),
    when: asRead(before),
    orElse: changedMeanwhile,
  };
}

/**
 * What a decision about a ledger rests on: that nobody has moved it (so its intent is the same, or there is still
 * none), that as many licenses are held (the quantity belongs to this version), and that Stripe had no other news.
 */
function asRead({ turn, desiredVersion, refreshWanted }: Ledger): Tests {
  return { turn: turn ?? null, desiredVersion, refreshWanted: refreshWanted ?? null };
}

function asStored({ now }: Context, businessId: string, before: Ledger, after: Ledger): StoredLedger {
  return { ...after, ...dueKeys(after, businessId, now), turn: (before.turn ?? 0) + 1 };
}

/** The attributes that differ. */
function changesOf(before: Ledger, after: StoredLedger): Changes {
  const names = Object.keys({ ...before, ...after }) as (keyof Ledger)[];
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return setOrRemove(Object.fromEntries(changed.map((name) => [name, after[name]])));
}

/**
 * Where a ledger is found when it needs attention: at the time when its work is due; without any, in the list of
 * those that are looked at by the hour, at the time of the last look, or, where that failed, behind all that wait for
 * one longer. Both are past once a change makes it due.
 */
export function dueKeys(ledger: Ledger, businessId: string, now: number) {
  const shard = shardOf(businessId);
  const at = dueAt(ledger);
  if (at !== undefined) return { gsi2pk: duePartition("LICENSES", shard), gsi2sk: dueTime(at) };
  if (!isWatched(ledger, now)) return { gsi2pk: undefined, gsi2sk: undefined };
  const { reconciledAt = now, inVainAt = 0 } = ledger;
  const lookedAt = Math.max(reconciledAt, inVainAt - limits.reconcile);
  return { gsi2pk: duePartition("RECONCILE", shard), gsi2sk: dueTime(lookedAt) };
}
