/** What a request to DynamoDB asks IAM for: actions, on a table or an index, with the partition keys it reaches. */
import { z } from "zod";
import { AwsError } from "./aws-error.ts";
import type { Call } from "./iam.ts";
import { tableResources } from "./tables.ts";
import type { Stack } from "./template.ts";

const Schema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Indexes = z.array(z.object({ IndexName: z.string(), KeySchema: Schema })).default([]);
const Table = z.object({
  KeySchema: Schema,
  GlobalSecondaryIndexes: Indexes,
  LocalSecondaryIndexes: Indexes,
});

type Value = { S?: string; N?: string; B?: string };
type Item = Record<string, Value>;
type Input = {
  TableName?: string;
  IndexName?: string;
  Key?: Item;
  Item?: Item;
  KeyConditionExpression?: string;
  KeyConditions?: Record<string, { ComparisonOperator?: string; AttributeValueList?: Value[] }>;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
  RequestItems?: Record<string, unknown>;
  TransactItems?: Record<string, Input>[];
};
type Write = { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } };

/** The action that each part of a transaction is judged as. */
const PARTS: Record<string, string> = {
  ConditionCheck: "ConditionCheckItem",
  Delete: "DeleteItem",
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
};

/** Answers the calls that an operation, such as `GetItem`, with this input consists of. */
export function dynamodbCalls(stack: Stack): (operation: string, input: unknown) => Call[] {
  const partitionKeys = readPartitionKeys(stack);

  function call(
    action: string,
    table = "",
    index = "",
    keys?: readonly Item[] | string,
    operation = "",
  ): Call {
    const name = table.split("table/").at(-1) ?? "";
    const target = index ? `${name}/index/${index}` : name;
    const partitionKey = partitionKeys.get(target) ?? "";
    const values = typeof keys === "string" ? [keys] : keys?.map((key) => textOf(key[partitionKey]));
    const present = values?.filter((value) => value !== undefined) ?? [];
    return {
      action: `dynamodb:${action}`,
      resource: name ? `arn:aws:dynamodb:${stack.region}:${stack.account}:table/${target}` : "*",
      context: {
        ...(present.length > 0 && { "dynamodb:LeadingKeys": present }),
        ...(operation && { "dynamodb:EnclosingOperation": [operation] }),
      },
    };
  }

  return (operation, untyped) => {
    const input = untyped as Input;
    const { TableName = "", IndexName = "", Key, Item, RequestItems = {}, TransactItems = [] } = input;
    switch (operation) {
      case "Query": {
        const name = [TableName.split("table/").at(-1), IndexName].filter(Boolean).join("/index/");
        return [call(operation, TableName, IndexName, queried(input, partitionKeys.get(name) ?? ""))];
      }
      case "BatchGetItem":
        return Object.entries(RequestItems as Record<string, { Keys?: Item[] }>).map(([table, { Keys }]) =>
          call(operation, table, "", Keys),
        );
      case "BatchWriteItem":
        return Object.entries(RequestItems as Record<string, Write[]>).map(([table, writes]) =>
          call(
            operation,
            table,
            "",
            writes.map((write) => write.PutRequest?.Item ?? write.DeleteRequest?.Key ?? {}),
          ),
        );
      case "TransactGetItems":
      case "TransactWriteItems":
        return TransactItems.flatMap((parts) =>
          Object.entries(parts).map(([part, { TableName: table, Key, Item }]) =>
            call(PARTS[part] ?? part, table, "", [Key ?? Item ?? {}], operation),
          ),
        );
      case "BatchExecuteStatement":
      case "ExecuteStatement":
      case "ExecuteTransaction":
        throw new AwsError("NotImplemented", "The local run judges no PartiQL: use the operations on items.");
      default:
        return [call(operation, TableName, IndexName, Key || Item ? [Key ?? Item ?? {}] : undefined)];
    }
  };
}

/** The partition's value in a query's key condition; undefined where there is none. */
function queried(input: Input, partitionKey: string): string | undefined {
  const { KeyConditions = {}, KeyConditionExpression = "", ExpressionAttributeNames: names = {} } = input;
  const legacy = KeyConditions[partitionKey];
  if (legacy?.ComparisonOperator === "EQ") return textOf(legacy.AttributeValueList?.[0]);
  const equations = KeyConditionExpression.matchAll(/([#:]?[\w.-]+)\s*=\s*([#:]?[\w.-]+)/g);
  for (const [, left = "", right = ""] of equations) {
    const [name, value] = left.startsWith(":") ? [right, left] : [left, right];
    if ((names[name] ?? name) === partitionKey) return textOf(input.ExpressionAttributeValues?.[value]);
  }
  return undefined;
}

const textOf = (value: Value | undefined) => value?.S ?? value?.N ?? value?.B;

/** The partition key of each table, `<name>`, and of each of its indexes, `<name>/index/<index>`. */
function readPartitionKeys(stack: Stack): Map<string, string> {
  const keys = new Map<string, string>();
  const hash = (schema: z.infer<typeof Schema>) =>
    schema.find(({ KeyType }) => KeyType === "HASH")?.AttributeName ?? "";
  for (const { name, properties } of tableResources(stack)) {
    const { KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = Table.parse(properties);
    keys.set(name, hash(KeySchema));
    for (const index of [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes])
      keys.set(`${name}/index/${index.IndexName}`, hash(index.KeySchema));
  }
  return keys;
}
