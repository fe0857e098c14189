/** Event source mappings: filters, batches, windows, partial answers, retries, halving, the failure queue, restarts. */
import fs from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Sketch, type Template, temporaryFolder } from "./assembly.ts";
import { type Mini, startMini, withDynamoDb } from "./local-run.ts";

let local: Mini | undefined;
afterEach(() => local?.remove());

const FILTER = { eventName: ["INSERT"], dynamodb: { Keys: { sk: { S: [{ prefix: "EVENT#" }] } } } };

/** Notes each batch it gets, then does what `body` says of `records`, a list of their sort keys. */
const consumer = (body: string) => `
  const fs = require("node:fs");
  exports.handler = async ({ Records }) => {
    const records = Records.map(({ dynamodb }) => dynamodb.Keys.sk.S);
    fs.appendFileSync(process.env.NOTES, JSON.stringify(records) + "\\n");
    const failures = (fails) => ({ batchItemFailures: Records.filter((_, n) => fails(records[n]))
      .map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) });
    ${body}
  };`;
const WRITER = withDynamoDb(
  `for (const sk of event) await call("PutItem", { Item: { pk: { S: "A" }, sk: { S: sk } } });`,
);

type Options = { body?: string; mapping?: object; policy?: object[]; edit?: (template: Template) => void };

function sketch({ body = "", mapping = {}, policy, edit }: Options, notes: string): Sketch {
  return {
    functions: { Consumer: consumer(body), Writer: WRITER },
    ...(policy && { policies: { Consumer: policy } }),
    edit: (template) => {
      const { Resources } = template;
      const variables = { TABLE_NAME: { Ref: "Table" }, NOTES: notes };
      Object.assign(Resources.Consumer?.Properties ?? {}, { Environment: { Variables: variables } });
      Resources.Failures = { Type: "AWS::SQS::Queue", Properties: {} };
      Resources.Mapping = {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: {
          BatchSize: 10,
          EventSourceArn: { "Fn::GetAtt": ["Table", "StreamArn"] },
          FunctionName: { Ref: "Consumer" },
          FunctionResponseTypes: ["ReportBatchItemFailures"],
          FilterCriteria: { Filters: [{ Pattern: JSON.stringify(FILTER) }] },
          MaximumRetryAttempts: 2,
          BisectBatchOnFunctionError: true,
          StartingPosition: "TRIM_HORIZON",
          DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": ["Failures", "Arn"] } } },
          ...mapping,
        },
      };
      edit?.(template);
    },
  };
}

const folder = temporaryFolder();
let run = 0;
async function start(options: Options = {}) {
  const notes = `${folder.path}/notes-${++run}`;
  local = await startMini(sketch(options, notes));
  const batches = () =>
    fs.existsSync(notes)
      ? fs
          .readFileSync(notes, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as string[])
      : [];
  const write = (...keys: string[]) => (local as Mini).invoke("Writer", keys);
  return { batches, handled: () => new Set(batches().flat()), write };
}
type Given = { DDBStreamBatchInfo: { batchSize: number; startSequenceNumber: string } };
const failures = async () =>
  ((await (local as Mini).request("/_local/queues")).json() as Record<string, { body: Given }[]>)[
    "Mini-Failures"
  ] ?? [];
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 8_000, interval: 20 });
const events = (...names: string[]) => names.map((name) => `EVENT#${name}`);

describe("a stream consumer that fails on one record: the others go on, the failure queue holds it", () => {
  it.each([
    ["reports it", 'return failures((sk) => sk === "EVENT#bad");'],
    ["throws", 'if (records.includes("EVENT#bad")) throw new Error("no");'],
    ["crashes", 'if (records.includes("EVENT#bad")) process.exit(1);'],
    [
      "answers with an unknown identifier",
      'if (records.includes("EVENT#bad")) return { batchItemFailures: [{ itemIdentifier: "" }] };',
    ],
  ])("one that %s", async (_, body) => {
    const { batches, handled, write } = await start({ body });
    await write(...events("1", "2", "bad", "3", "4"));
    await until(() => expect(handled()).toEqual(new Set(events("1", "2", "bad", "3", "4"))));
    await vi.waitFor(async () => expect(await failures()).toHaveLength(1), 8_000);
    const [{ body: info } = {}] = await failures();
    expect(info?.DDBStreamBatchInfo).toMatchObject({ batchSize: 1, startSequenceNumber: "3" });
    // Alone, it was tried once and again as often as the mapping says.
    const alone = batches().filter((batch) => batch.length === 1 && batch[0] === "EVENT#bad");
    expect(alone).toHaveLength(3);
    await write(...events("5"));
    await until(() => expect(handled()).toContain("EVENT#5"));
  });

  it("one that recovers gets it again, and nothing goes to the failure queue", async () => {
    const body = `const first = !fs.existsSync(process.env.NOTES + ".once");
      fs.writeFileSync(process.env.NOTES + ".once", "");
      if (first) throw new Error("later");`;
    const { batches, write } = await start({ body, mapping: { BisectBatchOnFunctionError: false } });
    await write(...events("1"));
    await until(() => expect(batches()).toEqual([events("1"), events("1")]));
    expect(await failures()).toEqual([]);
  });
});

describe("a copy of the template", () => {
  it("with a filter changed: other records arrive", async () => {
    const { batches, write } = await start();
    await write("OTHER#1", ...events("1"), "OTHER#2");
    await write(...events("1"));
    await write(...events("2"));
    await until(() => expect(batches().flat()).toEqual(events("1", "2")));
    await local?.remove();
    const pattern = JSON.stringify({
      dynamodb: { Keys: { sk: { S: [{ "anything-but": { prefix: "EVENT#" } }] } } },
    });
    const other = await start({ mapping: { FilterCriteria: { Filters: [{ Pattern: pattern }] } } });
    await other.write("OTHER#1", ...events("1"), "OTHER#2");
    await until(() => expect(other.batches().flat()).toEqual(["OTHER#1", "OTHER#2"]));
  });

  it("with a batching window: records wait for more, on the run's clock", async () => {
    const { batches, write } = await start({ mapping: { MaximumBatchingWindowInSeconds: 300 } });
    await write(...events("1"));
    await write(...events("2", "3"));
    expect(batches()).toEqual([]);
    await vi.waitFor(() => {
      local?.clock.advance("PT5M");
      expect(batches().flat()).toEqual(events("1", "2", "3"));
    }, 8_000);
    // What was written apart has come together.
    expect(batches()[0]?.length).toBeGreaterThan(1);
  });

  it("with a batch size: no batch is larger", async () => {
    const { batches, write } = await start({
      mapping: { BatchSize: 2, MaximumBatchingWindowInSeconds: 300 },
    });
    await write(...events("1", "2", "3", "4"));
    await until(() => expect(batches()).toEqual([events("1", "2"), events("3", "4")]));
  });

  it.each([
    [
      "an unknown filter",
      { FilterCriteria: { Filters: [{ Pattern: '{"a":[{"cidr":"10.0.0.0/8"}]}' }] } },
      "cidr",
    ],
    ["an unknown property", { TumblingWindowInSeconds: 5 }, "TumblingWindowInSeconds"],
    ["another source", { EventSourceArn: "arn:aws:kinesis:us-east-1:1:stream/s" }, "EventSourceArn"],
  ])("with %s refuses to start by name", async (_, mapping, name) => {
    await expect(start({ mapping })).rejects.toThrow(name);
  });

  it.each([
    ["reading the stream", "dynamodb:GetRecords", "sqs:*"],
    ["sending to the failure queue", "sqs:SendMessage", "dynamodb:*"],
  ])("with the IAM statement for %s dropped refuses to start by name", async (_, missing, allowed) => {
    const policy = [{ Effect: "Allow", Action: [allowed, "dynamodb:DescribeStream"], Resource: "*" }];
    await expect(start({ policy })).rejects.toThrow(missing);
  });
});

it("a restart goes on where the last run stopped", async () => {
  const notes = `${folder.path}/notes-restart`;
  const written = sketch({}, notes);
  const first = await startMini(written);
  const handled = () => (fs.existsSync(notes) ? fs.readFileSync(notes, "utf8").match(/EVENT#\w+/g) : null);
  await first.invoke("Writer", events("1", "2"));
  await until(() => expect(handled()).toEqual(events("1", "2")));
  await vi.waitFor(() =>
    expect(fs.readFileSync(`${first.stateDir}/data/stream-Mapping.json`, "utf8")).toContain('"2"'),
  );
  await first.stop();
  local = await startMini(written, { stateDir: first.stateDir });
  await local.invoke("Writer", events("3"));
  await until(() => expect(handled()).toEqual(events("1", "2", "3")));
  await first.remove();
});
