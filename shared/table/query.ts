import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Failed, InvalidRequest } from "../domain/failures.ts";
import type { Context } from "../operation.ts";
import { tableOf } from "./client.ts";
import { Aliases, type Condition, conditionExpression } from "./expressions.ts";
import { send } from "./retry.ts";
import type { Key } from "./schema.ts";

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
export const longestSortKey = 1_024;

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
  const { pk, prefix, newestFirst = false, reads = limit } = list;
  if (after !== undefined && !(after.startsWith(prefix) && after.length <= longestSortKey)) {
    throw notOfThisList();
  }
  const table = tableOf(context);
  const request = new QueryCommand({
    ...asking(table.name, list),
    ...(after && { ExclusiveStartKey: { pk, sk: after } }),
    ScanIndexForward: !newestFirst,
    Limit: reads,
  });
  const { Items: found = [], LastEvaluatedKey } = await send(context, () => table.client.send(request));
  const items = found.slice(0, limit);
  return { items: items as Item[], after: found.length > limit ? items.at(-1)?.sk : LastEvaluatedKey?.sk };
}

/** What asks for the items of a list. */
function asking(TableName: string, { pk, prefix, filter }: List) {
  const aliases = new Aliases();
  const keys = `${aliases.name("pk")} = ${aliases.value(pk)}`;
  return {
    TableName,
    KeyConditionExpression: `${keys} AND begins_with(${aliases.name("sk")}, ${aliases.value(prefix)})`,
    ...(filter && { FilterExpression: conditionExpression(filter, aliases) }),
    ...aliases.members(),
    ConsistentRead: true,
  };
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
export async function countAll(context: Context, list: List): Promise<number> {
  const table = tableOf(context);
  const input = { ...asking(table.name, list), Select: "COUNT" } as const;
  let count = 0;
  for (let from: Record<string, unknown> | undefined, isFirst = true; isFirst || from; isFirst = false) {
    const request = new QueryCommand({ ...input, ...(from && { ExclusiveStartKey: from }) });
    const page = await send(context, () => table.client.send(request));
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  }
  return count;
}

export function notOfThisList(): Failed {
  return new Failed(InvalidRequest, {
    errors: [{ in: "query", pointer: "/cursor", reason: "is not of this list" }],
  });
}
