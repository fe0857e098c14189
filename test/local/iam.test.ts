/** IAM, enforced: a function may do what its role's policy says, in the template's words, and nothing else. */
import { afterEach, describe, expect, it } from "vitest";
import { type Call, compilePolicies } from "../../infra/local/iam.ts";
import type { Template } from "./assembly.ts";
import { type Mini, startMini, withDynamoDb } from "./local-run.ts";

let local: Mini | undefined;
afterEach(() => local?.remove());

const TABLE = { "Fn::GetAtt": ["Table", "Arn"] };
const allow = (Action: string | string[], keys: string[] = ["BUSINESS#*"]) => ({
  Effect: "Allow",
  Action,
  Resource: TABLE,
  Condition: {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys },
    Null: { "dynamodb:LeadingKeys": "false" },
  },
});
/** Makes the call that its event names, and answers DynamoDB's own words where that refuses it. */
const CALLS = withDynamoDb(
  "try { return await call(event.action, event.input); } catch (error) { return JSON.parse(error.message); }",
);
const ask = async (action: string, input: object) =>
  JSON.parse((await (local as Mini).invoke("Caller", { action, input })).payload);
const refused = (action: string) => ({
  __type: "AccessDeniedException",
  message: expect.stringContaining(`is not authorized to perform: ${action} on resource: `),
});
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: "x" } });
const query = (pk: string) => ({
  KeyConditionExpression: "begins_with(#s, :s) AND #p = :p",
  ExpressionAttributeNames: { "#p": "pk", "#s": "sk" },
  ExpressionAttributeValues: { ":p": { S: pk }, ":s": { S: "x" } },
});
const start = (statements: object[], edit?: (template: Template) => void) =>
  startMini({ functions: { Caller: CALLS }, policies: { Caller: statements }, ...(edit && { edit }) });

describe("a function that calls what its uses doesn't name, scans, or reaches another prefix", () => {
  const ACTIONS = ["GetItem", "PutItem", "Query", "BatchGetItem", "BatchWriteItem", "ConditionCheckItem"];

  it("gets AccessDeniedException, as its policy says; what the policy allows goes through", async () => {
    local = await start([allow(ACTIONS.map((action) => `dynamodb:${action}`))]);
    expect(await ask("PutItem", { Item: key("BUSINESS#1") })).toEqual({});
    expect(await ask("GetItem", { Key: key("BUSINESS#1") })).toEqual({ Item: key("BUSINESS#1") });
    expect(await ask("Query", query("BUSINESS#1"))).toMatchObject({ Count: 1 });
    // What its uses doesn't name.
    expect(await ask("DeleteItem", { Key: key("BUSINESS#1") })).toEqual(refused("dynamodb:DeleteItem"));
    // A scan, which has no leading key.
    expect(await ask("Scan", {})).toEqual({
      __type: "AccessDeniedException",
      message:
        "User: arn:aws:sts::000000000000:assumed-role/Mini-CallerRole/Mini-Caller is not authorized to perform: " +
        "dynamodb:Scan on resource: arn:aws:dynamodb:us-east-1:000000000000:table/Mini-Table " +
        "because no identity-based policy allows the dynamodb:Scan action",
    });
    // Another prefix.
    expect(await ask("GetItem", { Key: key("USER#1") })).toEqual(refused("dynamodb:GetItem"));
    expect(await ask("Query", query("USER#1"))).toEqual(refused("dynamodb:Query"));
    const batch = (...keys: string[]) => ({ RequestItems: { "Mini-Table": { Keys: keys.map(key) } } });
    expect(await ask("BatchGetItem", batch("BUSINESS#1"))).toHaveProperty("Responses");
    expect(await ask("BatchGetItem", batch("BUSINESS#1", "USER#1"))).toEqual(
      refused("dynamodb:BatchGetItem"),
    );
    const put = (pk: string) => ({ PutRequest: { Item: key(pk) } });
    const write = { RequestItems: { "Mini-Table": [put("BUSINESS#2"), put("USER#2")] } };
    expect(await ask("BatchWriteItem", write)).toEqual(refused("dynamodb:BatchWriteItem"));
  });

  it("judges each action of a transaction on its own key, and writes none of it", async () => {
    local = await start([
      allow(["dynamodb:PutItem", "dynamodb:GetItem"]),
      allow("dynamodb:ConditionCheckItem"),
    ]);
    const part = (pk: string) => ({ TableName: "Mini-Table", Item: key(pk) });
    const transaction = (pk: string) => ({ TransactItems: [{ Put: part("BUSINESS#1") }, { Put: part(pk) }] });
    expect(await ask("TransactWriteItems", transaction("USER#1"))).toEqual(refused("dynamodb:PutItem"));
    expect(await ask("GetItem", { Key: key("BUSINESS#1") })).toEqual({});
    expect(await ask("TransactWriteItems", transaction("BUSINESS#2"))).toEqual({});
    const remove = { TransactItems: [{ Delete: { TableName: "Mini-Table", Key: key("BUSINESS#1") } }] };
    expect(await ask("TransactWriteItems", remove)).toEqual(refused("dynamodb:DeleteItem"));
  });

  it("a signature with an unknown access key is no one's", async () => {
    local = await startMini({
      functions: { Caller: CALLS.replace("process.env.AWS_ACCESS_KEY_ID", '"ASIASTRANGER"') },
    });
    expect(await ask("GetItem", { Key: key("A") })).toMatchObject({ __type: "UnrecognizedClientException" });
  });
});

describe("a copy of the template", () => {
  it("with an IAM statement dropped: the call that it allowed is refused", async () => {
    const statements = [allow("dynamodb:GetItem"), allow("dynamodb:PutItem")];
    local = await start(statements);
    expect(await ask("PutItem", { Item: key("BUSINESS#1") })).toEqual({});
    await local.remove();
    local = await start(statements.slice(0, 1));
    expect(await ask("PutItem", { Item: key("BUSINESS#1") })).toEqual(refused("dynamodb:PutItem"));
    expect(await ask("GetItem", { Key: key("BUSINESS#1") })).toEqual({});
  });

  it("with policies attached instead of inline: they count as well, and a Deny beats every Allow", async () => {
    const attach = (type: string, statement: object) => ({
      Type: type,
      Properties: {
        PolicyName: "attached",
        PolicyDocument: { Version: "2012-10-17", Statement: statement },
        Roles: [{ Ref: "CallerRole" }],
      },
    });
    local = await start([], ({ Resources }) => {
      Resources.More = attach("AWS::IAM::Policy", { Effect: "Allow", Action: "dynamodb:*", Resource: "*" });
      Resources.Less = attach("AWS::IAM::ManagedPolicy", {
        ...allow("dynamodb:get*", ["USER#?"]),
        Effect: "Deny",
      });
    });
    expect(await ask("GetItem", { Key: key("BUSINESS#1") })).toEqual({});
    expect(await ask("GetItem", { Key: key("USER#1") })).toMatchObject({
      message: expect.stringContaining("with an explicit deny in an identity-based policy"),
    });
    expect(await ask("GetItem", { Key: key("USER#12") })).toEqual({});
  });

  it.each([
    ["a condition operator", { Condition: { IpAddress: { "dynamodb:LeadingKeys": "1" } } }, "IpAddress"],
    ["a condition key", { Condition: { StringLike: { "aws:SourceIp": "1" } } }, "aws:SourceIp"],
    ["a policy variable", { Resource: "table/$" + "{aws:username}" }, "aws:username"],
    ["an element", { NotAction: "dynamodb:Scan" }, "NotAction"],
  ])("with %s that the run doesn't know refuses to start by name", async (_, change, name) => {
    await expect(start([{ ...allow("dynamodb:GetItem"), ...change }])).rejects.toThrow(name);
  });

  it("with a managed policy of AWS that the run doesn't know refuses to start by name", async () => {
    const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    const edit = ({ Resources }: Template) => {
      Object.assign(Resources.CallerRole?.Properties ?? {}, { ManagedPolicyArns: [arn] });
    };
    await expect(start([], edit)).rejects.toThrow(arn);
  });
});

it("judging costs well under 0.1 ms a call", () => {
  const statement = (n: number) => ({
    ...allow(`dynamodb:Action${n % 7}`, [`KIND${n}#*`]),
    Resource: "arn:*:table/t",
  });
  const Statement = Array.from({ length: 30 }, (_, n) => statement(n));
  const judge = compilePolicies([{ name: "large", document: { Version: "2012-10-17", Statement } }]);
  const context = { "dynamodb:LeadingKeys": ["KIND29#01"] };
  const call: Call = { action: "dynamodb:Action1", resource: "arn:aws:dynamodb:table/t", context };
  expect([judge(call), judge({ ...call, context: {} })]).toEqual(["allowed", "unmentioned"]);
  const began = performance.now();
  for (let n = 0; n < 10_000; n++) judge(call);
  expect((performance.now() - began) / 10_000).toBeLessThan(0.1);
});
