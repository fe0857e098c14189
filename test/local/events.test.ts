/** EventBridge on a laptop: buses, rules with patterns, schedules on the run's clock, retries and failure queues. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { compilePattern } from "../../infra/local/pattern.ts";
import { readSchedule } from "../../infra/local/schedule.ts";
import type { Sketch, Template } from "./assembly.ts";
import { type Mini, startMini, withDynamoDb, withService } from "./local-run.ts";

let local: Mini | undefined;
afterEach(() => local?.remove());

const rule = (properties: object, target = "Count") => ({
  Type: "AWS::Events::Rule",
  Properties: { Targets: [{ Id: "T", Arn: { "Fn::GetAtt": [target, "Arn"] } }], ...properties },
});
const permission = (id: string) => ({
  Type: "AWS::Lambda::Permission",
  Properties: {
    Action: "lambda:InvokeFunction",
    Principal: "events.amazonaws.com",
    FunctionName: { "Fn::GetAtt": [id, "Arn"] },
  },
});
/** Keeps every event that it gets, under its id. */
const COUNT = withDynamoDb(`
  if (event.items) return (await call("Scan", { ConsistentRead: true })).Items.map(({ event }) => JSON.parse(event.S));
  await call("PutItem", { Item: { pk: { S: "EVENT" }, sk: { S: event.id ?? "none" }, event: { S: JSON.stringify(event) } } });`);
const PUT = withService("events", "AWSEvents", "return call('PutEvents', { Entries: event });");

function start(resources: Template["Resources"], sketch: Partial<Sketch> = {}) {
  return startMini({
    functions: { Count: COUNT, Put: PUT },
    ...sketch,
    edit: ({ Resources }) => Object.assign(Resources, { Permission: permission("Count") }, resources),
  });
}
const answer = async (id: string, event: unknown) =>
  JSON.parse((await (local as Mini).invoke(id, event)).payload);
const counted = () => answer("Count", { items: true }) as Promise<Record<string, unknown>[]>;
const eventually = (count: number) =>
  vi.waitFor(async () => expect(await counted()).toHaveLength(count), { timeout: 5_000, interval: 20 });
const entry = { Source: "tenantry", DetailType: "member.added", Detail: '{"memberId":"mem_1"}' };

describe("schedules", () => {
  it("fire on the run's clock: an advance fires what came due, once", async () => {
    local = await start({ Rule: rule({ ScheduleExpression: "rate(1 hour)" }) });
    expect(await counted()).toEqual([]);
    local.clock.advance("PT1H");
    await eventually(1);
    local.clock.advance("P3D");
    await eventually(2);
    expect((await counted())[0]).toMatchObject({
      source: "aws.events",
      "detail-type": "Scheduled Event",
      detail: {},
    });
  });

  it("a copy of the template with a schedule changed: it fires when that says, with the input that the rule names", async () => {
    const targets = {
      Targets: [{ Id: "T", Arn: { "Fn::GetAtt": ["Count", "Arn"] }, Input: '{"id":"mine"}' }],
    };
    local = await start({ Rule: rule({ ScheduleExpression: "rate(2 days)", ...targets }) });
    local.clock.advance("P2D");
    await eventually(1);
    expect(await counted()).toEqual([{ id: "mine" }]);
    await local.remove();
    local = await start({ Rule: rule({ ScheduleExpression: "rate(2 days)", State: "DISABLED" }) });
    local.clock.advance("P2D");
    expect((await local.request("/_local/events")).json()).toEqual([]);
  });

  it.each([
    ["rate(5 minutes)", "2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z"],
    ["rate(1 day)", "2026-01-01T07:00:00Z", "2026-01-02T00:00:00Z"],
    ["cron(0 8 ? * MON-FRI *)", "2026-01-02T08:00:00Z", "2026-01-05T08:00:00Z"],
    ["cron(*/20 9,17 * * ? *)", "2026-01-01T09:40:00Z", "2026-01-01T17:00:00Z"],
    ["cron(0 0 29 FEB ? *)", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"],
    ["cron(0 0 1 1 ? 2020)", "2026-01-01T00:00:00Z", undefined],
  ])("%s after %s fires at %s", (expression, after, due) => {
    expect(readSchedule(expression)(Date.parse(after))).toBe(due && Date.parse(due));
  });

  it.each(["rate(1 week)", "cron(0 8 L * ? *)", "at(2026-01-01T00:00:00)", "cron(0 8)"])(
    "%s refuses to start by name",
    async (expression) => {
      await expect(start({ Rule: rule({ ScheduleExpression: expression }) })).rejects.toThrow(expression);
    },
  );
});

describe("buses", () => {
  const bus = { Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "mine" } } };
  const matching = {
    EventBusName: { Ref: "Bus" },
    EventPattern: { source: ["tenantry"], detail: { memberId: [{ exists: true }] } },
  };

  it("take what PutEvents gives them and invoke what the rules match", async () => {
    local = await start({ ...bus, Rule: rule(matching) });
    const mine = { ...entry, EventBusName: "mine" };
    const other = { ...mine, Detail: "{}" };
    const { FailedEntryCount, Entries } = await answer("Put", [mine, other, entry]);
    expect([FailedEntryCount, Entries.length]).toEqual([0, 3]);
    await eventually(1);
    expect(await counted()).toEqual([
      {
        version: "0",
        id: Entries[0].EventId,
        "detail-type": "member.added",
        source: "tenantry",
        account: "000000000000",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        region: "us-east-1",
        resources: [],
        detail: { memberId: "mem_1" },
      },
    ]);
    const seen = (await local.request("/_local/events")).json() as { bus: string; rules: string[] }[];
    expect(seen.map(({ bus, rules }) => [bus, rules.length])).toEqual([
      ["mine", 1],
      ["mine", 0],
      ["default", 0],
    ]);
  });

  it("refuse what EventBridge refuses: an entry at a time, or the call", async () => {
    local = await start({});
    const bad = [
      { ...entry, Source: "" },
      { ...entry, Detail: "[]" },
      { ...entry, Source: "aws.s3" },
      { ...entry, EventBusName: "no" },
    ];
    const { FailedEntryCount, Entries } = await answer("Put", [...bad, entry]);
    expect(FailedEntryCount).toBe(4);
    const codes = Entries.map(({ ErrorCode }: { ErrorCode?: string }) => ErrorCode);
    expect(codes).toEqual([
      "InvalidArgument",
      "MalformedDetail",
      "NotAuthorizedForSourceException",
      "ResourceNotFoundException",
      undefined,
    ]);
    const eleven = Array.from({ length: 11 }, () => entry);
    expect((await answer("Put", eleven)).errorMessage).toContain("ValidationException");
    const large = { ...entry, Detail: JSON.stringify("x".repeat(256 * 1024)) };
    expect((await answer("Put", [large])).errorMessage).toContain("over the limit");
  });

  it("are judged by IAM", async () => {
    const policies = {
      Put: [{ Effect: "Allow", Action: "events:PutEvents", Resource: { "Fn::GetAtt": ["Bus", "Arn"] } }],
    };
    local = await start(bus, { policies });
    expect(await answer("Put", [{ ...entry, EventBusName: "mine" }])).toMatchObject({ FailedEntryCount: 0 });
    expect((await answer("Put", [entry])).errorMessage).toContain("AccessDeniedException");
  });

  it.each([
    ["a rule with an unknown operator", { EventPattern: { source: [{ "ends-with": "x" }] } }, "ends-with"],
    ["an input transformer", { Targets: [{ Id: "T", Arn: "x", InputTransformer: {} }] }, "InputTransformer"],
    ["a target that is no function", { Targets: [{ Id: "T", Arn: "arn:aws:sqs:::q" }] }, "arn:aws:sqs:::q"],
  ])("%s refuses to start by name", async (_, properties, name) => {
    await expect(start({ Rule: rule(properties) })).rejects.toThrow(name);
  });

  it("a rule whose function doesn't permit it refuses to start by name", async () => {
    const functions = { Count: COUNT, Other: COUNT };
    const resources = { Rule: rule({ ScheduleExpression: "rate(1 day)" }, "Other") };
    await expect(start(resources, { functions })).rejects.toThrow("doesn't permit the rule Rule");
  });
});

describe("invocations that nobody waits for", () => {
  const resources = {
    FailPermission: permission("Fail"),
    Rule: rule({ EventPattern: { source: ["tenantry"] } }, "Fail"),
    Failures: { Type: "AWS::SQS::Queue" },
    Config: {
      Type: "AWS::Lambda::EventInvokeConfig",
      Properties: {
        FunctionName: { Ref: "Fail" },
        Qualifier: "$LATEST",
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": ["Failures", "Arn"] } } },
      },
    },
  };
  it.each([
    ["throws", 'exports.handler = async () => { throw new Error("no"); };', "no"],
    ["crashes", "exports.handler = () => process.exit(3);", "exit status 3"],
    [
      "times out",
      "exports.handler = () => new Promise(() => setInterval(() => {}, 1000));",
      "timed out after 1.00",
    ],
  ])(
    "a function that %s is tried again as its configuration says, then its failure queue has the event",
    async (_, source, message) => {
      local = await startMini({
        functions: { Put: PUT, Fail: source },
        edit: ({ Resources }) => {
          Object.assign(Resources, resources);
          Object.assign(Resources.Fail?.Properties ?? {}, { Timeout: 1 });
        },
      });
      let failures = 0;
      local.logs(({ source, text }) => {
        if (source === "Mini-Fail" && text.startsWith("REPORT")) failures++;
      });
      await answer("Put", [entry]);
      await vi.waitFor(() => expect(failures).toBe(1), 5_000);
      const queues = async () =>
        (await (local as Mini).request("/_local/queues")).json() as Record<string, { body: object }[]>;
      expect(await queues()).toEqual({});
      await vi.waitFor(async () => {
        local?.clock.advance("PT1M");
        expect((await queues())["Mini-Failures"]).toHaveLength(1);
      }, 5_000);
      expect(failures).toBe(2);
      expect((await queues())["Mini-Failures"]?.[0]?.body).toMatchObject({
        requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 2 },
        requestPayload: { source: "tenantry" },
        responsePayload: { errorMessage: expect.stringContaining(message) },
      });
    },
  );
});

describe("event patterns", () => {
  const event = { a: "Text", n: 5, list: ["x", "y"], nested: { deep: "v" }, nothing: null };
  it.each([
    [{ a: ["Text", "Other"] }, true],
    [{ a: ["text"] }, false],
    [{ a: [{ prefix: "Te" }] }, true],
    [{ a: [{ prefix: { "equals-ignore-case": "te" } }] }, true],
    [{ a: [{ suffix: "xt" }] }, true],
    [{ a: [{ "equals-ignore-case": "tEXT" }] }, true],
    [{ a: [{ wildcard: "T*t" }] }, true],
    [{ a: [{ "anything-but": ["Text"] }] }, false],
    [{ a: [{ "anything-but": { prefix: "X" } }] }, true],
    [{ missing: [{ "anything-but": "Text" }] }, false],
    [{ n: [{ numeric: [">", 0, "<=", 5] }] }, true],
    [{ n: [{ numeric: ["=", 4] }] }, false],
    [{ list: ["y"] }, true],
    [{ nested: { deep: ["v"] } }, true],
    [{ nested: { deep: [{ exists: false }] } }, false],
    [{ missing: [{ exists: false }] }, true],
    [{ missing: { deep: [{ exists: false }] } }, true],
    [{ nothing: [null] }, true],
    [{ a: ["no"], n: [5] }, false],
    [{ $or: [{ a: ["no"] }, { n: [5] }] }, true],
  ])("%j: %s", (pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });
});
