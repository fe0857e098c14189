import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Context } from "../operation.ts";
import { tableOf } from "./client.ts";
import { Aliases, type Condition, conditionExpression } from "./expressions.ts";
import { longestSortKey, notOfThisList, type Page, type PageOf } from "./query.ts";
import { send } from "./retry.ts";
import { type IndexName, schema } from "./schema.ts";

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
