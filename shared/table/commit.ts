import { randomUUID } from "node:crypto";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Failed, type Failure } from "../domain/failures.ts";
import type { Context } from "../operation.ts";
import { tableOf } from "./client.ts";
import {
  Aliases,
  type Changes,
  type Condition,
  conditionExpression,
  updateExpression,
} from "./expressions.ts";
import { leaveRecord, type Outcome } from "./idempotency.ts";
import { backOff, isTransient } from "./retry.ts";
import type { Key } from "./schema.ts";

/** One write of a transaction: what, on which condition, and what it means when the condition doesn't hold. */
export type Write = (
  | { readonly put: Key; readonly item: object }
  | ({ readonly update: Key } & Changes)
  | { readonly delete: Key }
  | { readonly check: Key }
) & {
  readonly when?: Condition;
  /** A declared failure, or the error made from the item as it was found (undefined: there is none). */
  readonly orElse?: Failure | ((found: Record<string, unknown> | undefined) => Error);
};

/**
 * Commits all of the writes or none, once the caller's check has passed. Every write whose condition fails is asked
 * what that means, and the first answer is thrown; conflicts and ambiguous answers are retried with one and the same
 * ClientRequestToken for as long as the invocation has time, then fail as Busy. The outcome, by id, is recorded for
 * a request that bears an Idempotency-Key.
 */
export async function commit(context: Context, changes: readonly Write[], outcome?: Outcome): Promise<void> {
  await context.cleared();
  const { repeatable, now } = context;
  const record = repeatable && outcome ? [leaveRecord(repeatable, outcome, now)] : [];
  const writes = [...record, ...changes];
  const table = tableOf(context);
  const input: TransactWriteCommandInput = {
    TransactItems: writes.map((write) => toTransactItem(table.name, write)),
    ClientRequestToken: randomUUID(),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await table.client.send(new TransactWriteCommand(input));
      return;
    } catch (error) {
      throwIfRefused(error, writes);
      await backOff(context, attempt);
    }
  }
}

/**
 * What is committed where nothing is changed: the record of a request that bears an Idempotency-Key, which would change
 * something if it came again after another change; without a key, nothing.
 */
export async function commitUnchanged(
  context: Context,
  checks: readonly Write[],
  outcome: Outcome,
): Promise<void> {
  if (context.repeatable) await commit(context, checks, outcome);
}

function toTransactItem(
  TableName: string,
  write: Write,
): NonNullable<TransactWriteCommandInput["TransactItems"]>[0] {
  const aliases = new Aliases();
  const UpdateExpression = "update" in write ? updateExpression(write, aliases) : "";
  const condition = {
    TableName,
    ...(write.when && { ConditionExpression: conditionExpression(write.when, aliases) }),
    ...aliases.members(),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  } as const;
  if ("put" in write) return { Put: { ...condition, Item: { ...write.item, ...write.put } } };
  if ("update" in write) return { Update: { ...condition, Key: write.update, UpdateExpression } };
  if ("delete" in write) return { Delete: { ...condition, Key: write.delete } };
  return { ConditionCheck: { ConditionExpression: "", ...condition, Key: write.check } };
}

/** Throws what a refused transaction means; returns where trying again may help. */
function throwIfRefused(error: unknown, writes: readonly Write[]): void {
  if (isTransient(error)) return;
  if (!(error instanceof TransactionCanceledException)) throw error;
  const reasons = error.CancellationReasons ?? [];
  const refusals = reasons.flatMap(({ Code, Item }, index) =>
    Code === "ConditionalCheckFailed" ? [meaningOf(writes[index], Item) ?? error] : [],
  );
  if (refusals.length === 0 && reasons.some(({ Code }) => Code && transient.has(Code))) return;
  throw refusals[0] ?? error;
}

function meaningOf(write: Write | undefined, found: Parameters<typeof unmarshall>[0] | undefined) {
  const orElse = write?.orElse;
  return typeof orElse === "function" ? orElse(found && unmarshall(found)) : orElse && new Failed(orElse);
}

const transient = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);
