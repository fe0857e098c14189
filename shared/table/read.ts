import { BatchGetCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import type { Context } from "../operation.ts";
import { tableOf } from "./client.ts";
import { backOff, send } from "./retry.ts";
import type { Key } from "./schema.ts";

/** Reads of the base table are strongly consistent: what a caller has just changed, they see. */

/** One item, or undefined. Costs 1 RCU per 4 KB. */
export async function get<Item>(context: Context, key: Key): Promise<Item | undefined> {
  const table = tableOf(context);
  const request = new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true });
  const { Item } = await send(context, () => table.client.send(request));
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
    if (attempt > 0) await backOff(context, attempt);
    const request = new BatchGetCommand({
      RequestItems: { [table.name]: { Keys: [...pending] as Key[], ConsistentRead: true } },
    });
    const { Responses, UnprocessedKeys } = await send(context, () => table.client.send(request));
    items.push(...((Responses?.[table.name] ?? []) as Item[]));
    pending = UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return items;
}
