import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Context, Table } from "../operation.ts";

let fromEnvironment: Table | undefined;

/** The invocation's table: the one that TABLE_NAME names. Its client is made on first use and kept for warm calls. */
export function tableOf({ table }: Context): Table {
  if (table) return table;
  fromEnvironment ??= openTable(process.env.TABLE_NAME ?? "");
  return fromEnvironment;
}

/** A table by name. A call that hangs is given up after 3 s; retries are ours (retry.ts). */
export function openTable(name: string): Table {
  if (!name) throw new Error("TABLE_NAME is not set");
  const client = new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
  });
  return {
    name,
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  };
}
