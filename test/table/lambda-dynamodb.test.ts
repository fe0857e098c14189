import { createServer, type RequestListener } from "node:http";
import * as sdkClient from "@aws-sdk/client-dynamodb";
import * as sdk from "@aws-sdk/lib-dynamodb";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterEach, describe, expect, inject, test, vi } from "vitest";
import { endpointOf } from "../../infra/lambda-aws-call.ts";
import * as ours from "../../infra/lambda-dynamodb.ts";
import { sign } from "../../infra/lambda-signing.ts";
import { close, listen } from "../../infra/local/http.ts";
import { isTransient } from "../../shared/table/retry.ts";
import { table } from "./harness.ts";

/** Whatever stands in for the SDK in the bundles does what the SDK does, call for call. */

const { tableName: TableName } = inject("engine");
const limits = { connectionTimeout: 300, requestTimeout: 600 };
const clients = {
  sdk: { lib: sdk, client: table.client },
  ours: {
    lib: ours,
    client: ours.DynamoDBDocumentClient.from(
      new ours.DynamoDBClient({ maxAttempts: 1, requestHandler: limits }),
    ),
  },
};
type Operation = Exclude<keyof typeof ours, "DynamoDBClient" | "DynamoDBDocumentClient"> & `${string}Command`;

/** What a call answers or fails with, as far as shared/table looks at it. */
async function outcome(
  which: keyof typeof clients,
  operation: Operation,
  input: object,
  client?: unknown,
): Promise<unknown> {
  const { lib, client: own } = clients[which];
  const Command = lib[operation] as unknown as new (input: object) => never;
  try {
    const answer = await ((client ?? own) as typeof own).send(new Command(input));
    const { $metadata: _, ...rest } = answer as Record<string, unknown>;
    return rest;
  } catch (error) {
    const { name, message, $metadata, CancellationReasons } = error as Error & Record<string, any>;
    const canceled = error instanceof (lib === ours ? ours : sdkClient).TransactionCanceledException;
    const status = $metadata.httpStatusCode;
    return {
      failed: status === undefined ? "no answer" : name,
      status,
      canceled,
      CancellationReasons,
      message: status && message,
    };
  }
}

const pk = (which: string) => `USER#lambda-${which}`;
const item = {
  text: "ä€😀",
  number: -12.5,
  big: 9007199254740991,
  yes: true,
  nothing: null,
  list: [1, "two", { three: 3 }],
  map: { a: { b: [] } },
  Key: "a name of DynamoDB's own",
  left: undefined,
};
const put = (which: string, sk: string, more = {}) => ({
  TransactItems: [{ Put: { TableName, Item: { pk: pk(which), sk, ...item, ...more } } }],
});
const key = (which: string, sk: string) => ({ TableName, Key: { pk: pk(which), sk } });

/** A call by name, made by each client in a partition of its own. */
const calls: [string, Operation, (which: string) => object][] = [
  ["a transaction", "TransactWriteCommand", (which) => put(which, "1", { gsi2pk: pk(which), gsi2sk: "1" })],
  ["another", "TransactWriteCommand", (which) => put(which, "2", { at: 2 })],
  ["a read", "GetCommand", (which) => ({ ...key(which, "1"), ConsistentRead: true })],
  ["a read of nothing", "GetCommand", (which) => key(which, "none")],
  [
    "a read of many",
    "BatchGetCommand",
    (which) => ({ RequestItems: { [TableName]: { Keys: [key(which, "1").Key, key(which, "none").Key] } } }),
  ],
  [
    "a page",
    "QueryCommand",
    (which) => ({
      TableName,
      Limit: 1,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk(which) },
    }),
  ],
  [
    "the page after",
    "QueryCommand",
    (which) => ({
      TableName,
      ...{ KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": pk(which) } },
      ExclusiveStartKey: key(which, "1").Key,
    }),
  ],
  [
    "a page of an index",
    "QueryCommand",
    (which) => ({
      TableName,
      IndexName: "gsi2",
      KeyConditionExpression: "gsi2pk = :pk AND gsi2sk <= :to",
      ExpressionAttributeValues: { ":pk": pk(which), ":to": "2" },
      Limit: 1,
    }),
  ],
  [
    "an update",
    "UpdateCommand",
    (which) => ({
      ...key(which, "2"),
      ...{
        UpdateExpression: "SET #a = :a",
        ExpressionAttributeNames: { "#a": "at" },
        ExpressionAttributeValues: { ":a": [3] },
      },
      ReturnValues: "ALL_NEW",
    }),
  ],
  [
    "a transaction that is cancelled, with what it found",
    "TransactWriteCommand",
    (which) => ({
      TransactItems: [
        {
          ConditionCheck: {
            ...key(which, "1"),
            ...{
              ConditionExpression: "#t = :t",
              ExpressionAttributeNames: { "#t": "text" },
              ExpressionAttributeValues: { ":t": "x" },
            },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
      ],
    }),
  ],
  ["a call that isn't valid", "QueryCommand", () => ({ TableName, KeyConditionExpression: "nonsense" })],
  ["a call to no table", "GetCommand", () => ({ TableName: "none", Key: { pk: "a", sk: "b" } })],
];

describe("the client of the bundles answers as the SDK does:", () => {
  test.each(calls)("%s", async (_, operation, input) => {
    const [theirs, own] = [
      await outcome("sdk", operation, input("sdk")),
      await outcome("ours", operation, input("ours")),
    ];
    expect(JSON.parse(JSON.stringify(own).replaceAll(pk("ours"), pk("sdk")))).toEqual(
      JSON.parse(JSON.stringify(theirs)),
    );
  });

  test("only that it makes one attempt, and says so", () => {
    const options = { maxAttempts: 3, requestHandler: limits };
    expect(() => new ours.DynamoDBClient(options as never)).toThrow(/shared\/table retries/);
  });
});

describe("the client of the bundles fails as the SDK does:", () => {
  const environment = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  afterEach(() => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = environment;
  });

  const answering =
    (status: number, body: string): RequestListener =>
    (_, response) =>
      response.writeHead(status).end(body);
  test.each<[string, RequestListener]>([
    [
      "a throttle",
      answering(400, '{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow"}'),
    ],
    [
      "a transaction under way",
      answering(400, '{"__type":"a#TransactionInProgressException","Message":"wait"}'),
    ],
    ["a server's error", answering(500, '{"__type":"InternalServerError","message":"oh"}')],
    ["a connection that breaks", (request) => request.socket.destroy()],
    ["no answer in time", () => {}],
  ])("%s", async (_, listener) => {
    const server = createServer((request, response) =>
      request.resume().on("end", () => listener(request, response)),
    );
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${await listen(server)}`;
    const fresh = new sdkClient.DynamoDBClient({
      maxAttempts: 1,
      requestHandler: { ...limits, throwOnRequestTimeout: true },
    });
    const input = key("x", "1");
    const theirs = await outcome("sdk", "GetCommand", input, sdk.DynamoDBDocumentClient.from(fresh));
    expect(await outcome("ours", "GetCommand", input)).toEqual(theirs);
    fresh.destroy();
    await close(server);
  });
});

describe("the client of the bundles, unlike the SDK, takes for no answer, so that the call is made again,", () => {
  const environment = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  afterEach(() => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = environment;
  });

  test.each<[string, RequestListener]>([
    [
      "one that breaks off",
      (_, response) => {
        response.writeHead(200, { "content-length": 100 }).write("{");
        response.socket?.end();
      },
    ],
    ["one that isn't JSON", (_, response) => response.end("<html>")],
  ])("%s", async (_, listener) => {
    const server = createServer((request, response) =>
      request.resume().on("end", () => listener(request, response)),
    );
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${await listen(server)}`;
    const error = await clients.ours.client
      .send(new ours.GetCommand(key("x", "1")))
      .catch((thrown) => thrown);
    expect(isTransient(error)).toBe(true);
    await close(server);
  });
});

describe("the client of the bundles calls", () => {
  afterEach(() => vi.useRealTimers());

  test("with the signature that the SDK makes", async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
    const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret/+", sessionToken: "token==" };
    const [region, service] = ["eu-central-1", "dynamodb"];
    const sha256 = new sdkClient.DynamoDBClient({ region }).config.sha256;
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.GetItem",
    };
    const url = new URL("https://dynamodb.eu-central-1.amazonaws.com/");
    const body = '{"text":"ä"}';
    const signer = new SignatureV4({ credentials, region, service, sha256, applyChecksum: false });
    const request = {
      method: "POST",
      protocol: "https:",
      hostname: url.hostname,
      path: "/",
      query: {},
      body,
    };
    const theirs = await signer.sign({ ...request, headers: { ...headers, host: url.host } } as never);
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: "AKIA",
      AWS_SECRET_ACCESS_KEY: "secret/+",
      AWS_SESSION_TOKEN: "token==",
    });
    expect(sign(service, region, url, headers, body)).toEqual(
      (theirs as unknown as { headers: object }).headers,
    );
    process.env = before;
  });

  test.each(["us-east-1", "eu-central-1", "ap-southeast-5", "il-central-1", "us-gov-west-1", "cn-north-1"])(
    "DynamoDB in %s where the SDK does",
    (region) => {
      const before = { ...process.env };
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
      const { endpointProvider } = new sdkClient.DynamoDBClient({ region }).config;
      const rules = { Region: region, UseFIPS: false, UseDualStack: false };
      expect(endpointOf("dynamodb", region)).toEqual(endpointProvider(rules as never).url);
      process.env = before;
    },
  );
});
