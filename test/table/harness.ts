import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { inject } from "vitest";
import type { Context } from "../../shared/operation.ts";
import { openTable } from "../../shared/table/client.ts";
import type { Key } from "../../shared/table/schema.ts";
import { clientEnvironment } from "./engine.ts";
import { type CallOptions, callOn, type Person } from "./in-process.ts";

const { endpoint, tableName } = inject("engine");
Object.assign(process.env, clientEnvironment(endpoint));

/** The template's table in the engine of this run. */
export const table = openTable(tableName);

/** What operations are given, at a time of the test's choosing. */
export function contextAt(now: number): Context {
  return { table, now, timeLeft: () => 5_000, cleared: async () => {} };
}

/** The items of a partition, as they are stored. */
export async function itemsOf(pk: Key["pk"], prefix = ""): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  for (
    let ExclusiveStartKey: Record<string, unknown> | undefined, first = true;
    first || ExclusiveStartKey;
    first = false
  ) {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: prefix ? "pk = :pk AND begins_with(sk, :prefix)" : "pk = :pk",
        ExpressionAttributeValues: { ":pk": pk, ...(prefix && { ":prefix": prefix }) },
        ConsistentRead: true,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  }
  return items;
}

/** Stores an item as it is, for a state that no endpoint makes. */
export async function store(at: Key, item: object): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...at, ...item } }));
}

/** Calls an endpoint in this process on the engine's table. */
export function call(key: string, person: Person, options?: CallOptions) {
  return callOn(table, key, person, options);
}

export type { Person };
