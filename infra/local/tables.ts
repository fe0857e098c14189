/** Makes the template's tables in the engine, once; an existing table is compared with the template. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndexDescription,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import { engineClient } from "./engine-client.ts";
import type { Resource, Stack } from "./template.ts";

const Keys = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(["HASH", "RANGE"]) }));
const Index = z.object({
  IndexName: z.string(),
  KeySchema: Keys,
  Projection: z.object({
    ProjectionType: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]).optional(),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});
const Properties = z.object({
  KeySchema: Keys,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(["S", "N", "B"]) }),
  ),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index).optional(),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]) })
    .optional(),
  TimeToLiveSpecification: z
    .object({ AttributeName: z.string().optional(), Enabled: z.boolean() })
    .optional(),
});

export const tableResources = (stack: Stack) =>
  stack.ofType("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable");

export async function createTables(stack: Stack, endpoint: string): Promise<string[]> {
  const client = engineClient(endpoint, stack.region);
  try {
    return await Promise.all(tableResources(stack).map((table) => createTable(client, table)));
  } finally {
    client.destroy();
  }
}

async function createTable(client: DynamoDBClient, { id, name, properties }: Resource): Promise<string> {
  const parsed = Properties.safeParse(properties);
  if (!parsed.success) throw new Error(`The table ${id} can't be made:\n${z.prettifyError(parsed.error)}`);
  const { StreamSpecification: stream, TimeToLiveSpecification: ttl, ...rest } = parsed.data;
  const wanted = {
    ...rest,
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    ...(stream && { StreamSpecification: { StreamEnabled: true, ...stream } }),
  } as CreateTableCommandInput;
  const existing = await describe(client, name);
  if (existing && shape(existing) !== shape(wanted))
    throw new Error(
      `The table ${name} in the state folder has other keys or indexes than the template. Start with --fresh to make it anew (its data is lost).`,
    );
  if (existing) return name;
  const { TableDescription: created } = await client.send(new CreateTableCommand(wanted));
  if (created?.TableStatus !== "ACTIVE")
    await waitUntilTableExists({ client, maxWaitTime: 120 }, { TableName: name });
  if (ttl?.Enabled && ttl.AttributeName)
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { AttributeName: ttl.AttributeName, Enabled: true },
      }),
    );
  return name;
}

async function describe(client: DynamoDBClient, TableName: string) {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

type IndexShape = Pick<GlobalSecondaryIndexDescription, "IndexName" | "KeySchema" | "Projection">;
type Shape = Pick<TableDescription, "KeySchema" | "AttributeDefinitions"> & {
  GlobalSecondaryIndexes?: IndexShape[] | undefined;
  LocalSecondaryIndexes?: IndexShape[] | undefined;
};

/** What can't be changed in place, in one canonical string: keys and indexes, with the types of their attributes. */
function shape(table: Shape): string {
  const types = new Map(table.AttributeDefinitions?.map((a) => [a.AttributeName, a.AttributeType]));
  const keys = (schema: Shape["KeySchema"] = []) =>
    schema
      .map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName} ${types.get(AttributeName)}`)
      .sort();
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])].map(
    ({ IndexName, KeySchema, Projection }) => [
      IndexName,
      keys(KeySchema),
      Projection?.ProjectionType ?? "ALL",
    ],
  );
  return JSON.stringify([keys(table.KeySchema), indexes.sort()]);
}
