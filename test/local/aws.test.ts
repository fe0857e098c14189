/** The AWS endpoint that functions find: who calls what, and how calls go on to the engine. */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { engineClient, signCall } from "../../infra/local/engine-client.ts";
import { close, listen } from "../../infra/local/http.ts";
import { type Mini, startMini, withDynamoDb } from "./local-run.ts";

let local: Mini | undefined;
afterEach(() => local?.remove());

it("serves DynamoDB from the engine of the run, its errors included", async () => {
  const key = '{ pk: { S: "a" }, sk: { S: "b" } }';
  local = await startMini({
    functions: {
      Put: withDynamoDb(`await call("PutItem", { Item: ${key} }); return call("GetItem", { Key: ${key} });`),
      Wrong: withDynamoDb('return call("GetItem", { Key: {} });'),
    },
  });
  expect(JSON.parse((await local.invoke("Put", {})).payload)).toEqual({
    Item: { pk: { S: "a" }, sk: { S: "b" } },
  });
  const { failed, payload } = await local.invoke("Wrong", {});
  expect([failed, payload]).toEqual([true, expect.stringContaining("ValidationException")]);
});

it("says which service it doesn't have", async () => {
  const source = withDynamoDb('return call("Anything", {});').replace("/dynamodb/", "/kinesis/");
  local = await startMini({ functions: { Kinesis: source } });
  expect((await local.invoke("Kinesis", {})).payload).toContain("The local run has no kinesis");
});

it("uses another engine where one is named, with one access key for all functions", async () => {
  const calls: { action: unknown; authorization: unknown; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const { "x-amz-target": action, authorization } = request.headers;
    calls.push({ action, authorization, body: await text(request) });
    const table = { KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }], TableStatus: "ACTIVE" };
    response.end(JSON.stringify({ Table: table }));
  });
  const engineEndpoint = `http://127.0.0.1:${await listen(server)}`;
  const sketch = { functions: { Get: withDynamoDb('return call("GetItem", { Key: {} });') } };
  const edit = (template: { Resources: Record<string, { Properties?: Record<string, unknown> }> }) => {
    Object.assign(template.Resources.Table?.Properties ?? {}, {
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [],
    });
  };
  local = await startMini({ ...sketch, edit }, { engineEndpoint });
  expect((await local.invoke("Get", {})).failed).toBe(false);
  expect(calls.at(-1)).toEqual({
    action: "DynamoDB_20120810.GetItem",
    authorization: expect.stringContaining("Credential=local/"),
    body: '{"TableName":"Mini-Table","Key":{},"ReturnConsumedCapacity":"TOTAL"}',
  });
  await close(server);
});

it("signs calls to DynamoDB on AWS with the developer's credentials, for the region of the host", async () => {
  process.env.AWS_ACCESS_KEY_ID = "AKIADEVELOPER";
  process.env.AWS_SECRET_ACCESS_KEY = "secret";
  const url = new URL("https://dynamodb.eu-west-1.amazonaws.com/");
  const client = engineClient(url.href, "us-east-1");
  const headers = await signCall(client, url, "DynamoDB_20120810.GetItem", Buffer.from("{}"));
  expect(headers).toMatchObject({ host: url.host, "x-amz-target": "DynamoDB_20120810.GetItem" });
  expect(headers.authorization).toMatch(/Credential=AKIADEVELOPER\/\d+\/eu-west-1\/dynamodb\/aws4_request/);
});
