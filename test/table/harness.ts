import { randomUUID } from "node:crypto";
import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Context as LambdaContext } from "aws-lambda";
import { inject } from "vitest";
import { endpoints } from "../../functions/index.ts";
import type { HttpEvent } from "../../shared/endpoint/authenticate.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import type { Context } from "../../shared/operation.ts";
import { openTable } from "../../shared/table/client.ts";
import type { Key } from "../../shared/table/schema.ts";

const { endpoint, tableName } = inject("engine");
Object.assign(process.env, {
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
});

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
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": pk, ":prefix": prefix },
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

export interface Person {
  readonly subject: string;
  readonly issuer?: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly trusted?: boolean;
}

/** Calls an endpoint of the registry in this process, as the given person, past API Gateway. */
export async function call(
  key: string,
  person: Person,
  {
    body,
    headers = {},
    now = 1_800_000_000_000,
  }: {
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
    readonly now?: number;
  } = {},
) {
  const endpointOf = endpoints[key];
  if (!endpointOf) throw new Error(`no endpoint ${key}`);
  const { route } = endpointOf.specification;
  const {
    issuer = "https://idp.example.com",
    emailVerified = true,
    trusted = false,
    subject,
    email,
  } = person;
  const expiresAt = now / 1_000 + 3_600;
  const verdict = {
    verdict: "valid",
    issuer,
    subject,
    emailVerified,
    trusted,
    expiresAt,
    ...(email && { email }),
  };
  const event = {
    routeKey: route,
    rawPath: route.split(" ")[1],
    rawQueryString: "",
    headers: { "content-type": "application/json", ...headers },
    requestContext: { requestId: randomUUID(), timeEpoch: now, authorizer: { lambda: verdict } },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  } as unknown as HttpEvent;
  const context = { getRemainingTimeInMillis: () => 10_000 } as LambdaContext;
  const { statusCode, body: text } = await lambda(endpointOf, table)(event, context);
  return { status: statusCode, body: JSON.parse(text ?? "null") };
}
