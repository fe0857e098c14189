import { BatchGetCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Failed, InvalidRequest } from "../domain/failures.ts";
import type { Context } from "../operation.ts";
import { tableOf } from "./client.ts";
import { Aliases, type Condition, conditionExpression } from "./expressions.ts";
import { backOff, send } from "./retry.ts";
import { type IndexName, type Key, schema } from "./schema.ts";

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

/** In characters, of which ours are one byte each. */
const longestSortKey = 1_024;

export interface List {
  readonly pk: Key["pk"];
  /** Of the sort key. */
  readonly prefix: string;
  readonly newestFirst?: boolean;
  /** Which items count. */
  readonly filter?: Condition;
  /** How many items a page may read to find those that count; by default as many as it may hold. */
  readonly reads?: number;
}

/**
 * One page of the items of a partition whose sort key has a prefix, in the order of the sort key or against it.
 * With a filter a page may be short, and even empty, before the last one.
 */
export async function queryPage<Item>(
  context: Context,
  list: List,
  { limit, after }: Page,
): Promise<PageOf<Item>> {
  const { pk, prefix, newestFirst = false, filter, reads = limit } = list;
  if (after !== undefined && !(after.startsWith(prefix) && after.length <= longestSortKey)) {
    throw notOfThisList();
  }
  const table = tableOf(context);
  const aliases = new Aliases();
  const keys = `${aliases.name("pk")} = ${aliases.value(pk)}`;
  const request = new QueryCommand({
    TableName: table.name,
    KeyConditionExpression: `${keys} AND begins_with(${aliases.name("sk")}, ${aliases.value(prefix)})`,
    ...(filter && { FilterExpression: conditionExpression(filter, aliases) }),
    ...aliases.members(),
    ...(after && { ExclusiveStartKey: { pk, sk: after } }),
    ScanIndexForward: !newestFirst,
    ConsistentRead: true,
    Limit: reads,
  });
  const { Items: found = [], LastEvaluatedKey } = await send(context, () => table.client.send(request));
  const items = found.slice(0, limit);
  return { items: items as Item[], after: found.length > limit ? items.at(-1)?.sk : LastEvaluatedKey?.sk };
}

/** Every item of a list, page by page. For lists that stay short. */
export async function queryAll<Item>(context: Context, list: List): Promise<Item[]> {
  const all: Item[] = [];
  let after: string | undefined;
  do {
    const page: PageOf<Item> = await queryPage<Item>(context, list, { limit: 1_000, after });
    all.push(...page.items);
    after = page.after;
  } while (after !== undefined);
  return all;
}

/** How many items of a list count. Costs as much as reading them, but carries none over. */
export async function countAll(context: Context, { pk, prefix, filter }: List): Promise<number> {
  const table = tableOf(context);
  const aliases = new Aliases();
  const keys = `${aliases.name("pk")} = ${aliases.value(pk)}`;
  const input = {
    TableName: table.name,
    KeyConditionExpression: `${keys} AND begins_with(${aliases.name("sk")}, ${aliases.value(prefix)})`,
    ...(filter && { FilterExpression: conditionExpression(filter, aliases) }),
    ...aliases.members(),
    Select: "COUNT",
    ConsistentRead: true,
  } as const;
  let count = 0;
  for (let from: Record<string, unknown> | undefined, isFirst = true; isFirst || from; isFirst = false) {
    const request = new QueryCommand({ ...input, ...(from && { ExclusiveStartKey: from }) });
    const page = await send(context, () => table.client.send(request));
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  }
  return count;
}

export interface IndexList {
  readonly index: IndexName;
  readonly pk: string;
  /** Up to and including this sort key. */
  readonly upTo?: string;
  readonly filter?: Condition;
}

/**
 * One page of an index's partition, in the order of its sort key. Lags behind the table by a moment, so it never
 * decides. Costs half an RCU per 4 KB.
 */
export async function queryIndex<Item>(
  context: Context,
  { index, pk, upTo, filter }: IndexList,
  { limit, after }: Page,
): Promise<PageOf<Item>> {
  const { partitionKey, sortKey } = schema.indexes[index];
  const table = tableOf(context);
  const aliases = new Aliases();
  const inPartition = `${aliases.name(partitionKey)} = ${aliases.value(pk)}`;
  const request = new QueryCommand({
    TableName: table.name,
    IndexName: index,
    KeyConditionExpression: upTo
      ? `${inPartition} AND ${aliases.name(sortKey)} <= ${aliases.value(upTo)}`
      : inPartition,
    ...(filter && { FilterExpression: conditionExpression(filter, aliases) }),
    ...aliases.members(),
    ...(after !== undefined && { ExclusiveStartKey: { [partitionKey]: pk, ...placeIn(sortKey, after) } }),
    Limit: limit,
  });
  const { Items = [], LastEvaluatedKey } = await send(context, () => table.client.send(request));
  const last = LastEvaluatedKey;
  return { items: Items as Item[], after: last && [last[sortKey], last.pk, last.sk].join(" ") };
}

/** The place in an index after which its next page begins: none of our keys holds a space. */
function placeIn(sortKey: string, after: string): Record<string, string | undefined> {
  const parts = after.split(" ");
  const isPlace = parts.length === 3 && parts.every((part) => part && part.length <= longestSortKey);
  if (!isPlace) throw notOfThisList();
  const [sort, pk, sk] = parts;
  return { [sortKey]: sort, pk, sk };
}

function notOfThisList(): Failed {
  return new Failed(InvalidRequest, {
    errors: [{ in: "query", pointer: "/cursor", reason: "is not of this list" }],
  });
}
