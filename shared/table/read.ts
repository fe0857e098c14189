import { setTimeout as wait } from "node:timers/promises";
import { BatchGetCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Busy, Failed } from "../domain/failures.ts";
import type { Context } from "../operation.ts";
import { tableOf } from "./client.ts";
import type { Key } from "./schema.ts";

/** Reads of the base table are strongly consistent: what a caller has just changed, they see. */

/** One item, or undefined. Costs 1 RCU per 4 KB. */
export async function get<Item>(context: Context, key: Key): Promise<Item | undefined> {
  const table = tableOf(context);
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }),
  );
  return Item as Item | undefined;
}

const batchSize = 100;

/** Many items by key, in no order, without those that don't exist. Costs 1 RCU per 4 KB of each item. */
export async function getAll<Item>(context: Context, keys: readonly Key[]): Promise<Item[]> {
  const batches = [];
  for (let from = 0; from < keys.length; from += batchSize) {
    batches.push(getBatch<Item>(context, keys.slice(from, from + batchSize)));
  }
  return (await Promise.all(batches)).flat();
}

async function getBatch<Item>(context: Context, keys: readonly Key[]): Promise<Item[]> {
  const table = tableOf(context);
  const items: Item[] = [];
  let pending: readonly unknown[] = keys;
  for (let attempt = 0; pending.length > 0; attempt += 1) {
    if (attempt > 0) await backOff(attempt, context.timeLeft());
    const { Responses, UnprocessedKeys } = await table.client.send(
      new BatchGetCommand({
        RequestItems: { [table.name]: { Keys: [...pending] as Key[], ConsistentRead: true } },
      }),
    );
    items.push(...((Responses?.[table.name] ?? []) as Item[]));
    pending = UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return items;
}

/** Waits 25 ms · 2^attempt with full jitter, or fails as Busy where the request's time wouldn't allow it. */
export async function backOff(attempt: number, timeLeft: number): Promise<void> {
  const delay = Math.random() * Math.min(25 * 2 ** attempt, 1_000);
  if (attempt > 8 || delay + 500 > timeLeft) throw new Failed(Busy, { retryAfter: 1 });
  await wait(delay);
}

export interface Page {
  readonly limit: number;
  /** The sort key of the last item of the page before, without it the first page. */
  readonly after?: string | undefined;
}

export interface PageOf<Item> {
  readonly items: Item[];
  /** What the next page comes after; undefined on the last page. */
  readonly after: string | undefined;
}

/** One page of the items of a partition whose sort key has a prefix, in the order of the sort key or against it. */
export async function queryPage<Item>(
  context: Context,
  { pk, prefix, newestFirst = false }: { pk: Key["pk"]; prefix: string; newestFirst?: boolean },
  { limit, after }: Page,
): Promise<PageOf<Item>> {
  const table = tableOf(context);
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": pk, ":prefix": prefix },
      ...(after && { ExclusiveStartKey: { pk, sk: after } }),
      ScanIndexForward: !newestFirst,
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  return { items: Items as Item[], after: LastEvaluatedKey?.sk };
}
