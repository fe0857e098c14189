import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import cdk from "../../cdk.json" with { type: "json" };
import { readConfig } from "../../infra/config.ts";
import { Tenantry } from "../../infra/stack.ts";
import { schema } from "../../shared/table/schema.ts";

/** The step of the README after a restore: the stack, pointed at the restored table. */

const { local } = cdk.context.stages;
const streamArn = "arn:aws:dynamodb:eu-central-1:123456789012:table/restored/stream/2026-11-22T00:00:00.000";
const restoredTable = { name: "restored", streamArn };
const report = { ...local, billing: { ...local.billing, mode: "report" } };
const configured = (stage: object) => readConfig("local", { local: stage });

type Resource = { Type: string; Properties: any };

function synthesised(stage: object): { template: string; ofType: (type: string) => [string, Resource][] } {
  const stack = new Tenantry(new App(), "Tenantry", { config: configured(stage) });
  const template = Template.fromStack(stack).toJSON();
  const resources = Object.entries<Resource>(template.Resources);
  const ofType = (type: string) => resources.filter(([, resource]) => resource.Type === type);
  return { template: JSON.stringify(template), ofType };
}

/** Which table the ARNs of DynamoDB in some statements are of. */
function tablesIn(statements: readonly { Action: unknown; Resource: unknown }[]): string[] {
  const ofTable = statements.filter(({ Action }) =>
    [Action].flat().some((it) => /^dynamodb:/.test(String(it))),
  );
  return ofTable.flatMap(({ Resource }) => [Resource].flat().map((arn) => JSON.stringify(arn)));
}

describe("a stack that is pointed at a restored table", () => {
  const own = synthesised(local);
  const restored = synthesised({ ...report, restoredTable });

  test("has every function, policy and stream on it, for all that went to its own table, and none of its own", () => {
    const functionsOn = ({ ofType }: typeof own, is: (name: unknown) => boolean) =>
      ofType("AWS::Lambda::Function")
        .filter(([, { Properties }]) => is(Properties.Environment?.Variables?.TABLE_NAME))
        .map(([id]) => id);
    const [[table = ""] = []] = own.ofType("AWS::DynamoDB::Table");
    const before = functionsOn(own, (name) => JSON.stringify(name) === JSON.stringify({ Ref: table }));
    expect(before.length).toBeGreaterThan(30);
    expect(functionsOn(restored, (name) => name === "restored")).toEqual(before);

    expect(restored.ofType("AWS::DynamoDB::Table")).toEqual([]);
    expect(own.template).toContain(`"${table}"`);
    expect(restored.template).not.toContain(`"${table}"`);

    const arnsOf = ({ ofType }: typeof own) =>
      ofType("AWS::IAM::Role").flatMap(([, { Properties }]) =>
        (Properties.Policies ?? []).flatMap(({ PolicyDocument }: any) => tablesIn(PolicyDocument.Statement)),
      );
    expect(arnsOf(restored)).toHaveLength(arnsOf(own).length);
    const place = `:table\\/restored(\\/index\\/(${Object.keys(schema.indexes).join("|")}))?"`;
    for (const arn of arnsOf(restored)) expect(arn).toMatch(new RegExp(`${place}|^"${streamArn}"$`));

    const streams = restored.ofType("AWS::Lambda::EventSourceMapping");
    expect(streams.map(([id]) => id)).toEqual(
      own.ofType("AWS::Lambda::EventSourceMapping").map(([id]) => id),
    );
    expect(streams.length).toBeGreaterThan(0);
    for (const [, { Properties }] of streams) expect(Properties.EventSourceArn).toBe(streamArn);
  });

  test("only reports to whoever bills, in every function that does", () => {
    const billed = restored
      .ofType("AWS::Lambda::Function")
      .flatMap(([, { Properties }]) => Properties.Environment?.Variables?.BILLING ?? []);
    expect(billed.length).toBeGreaterThan(5);
    for (const settings of billed) expect(JSON.parse(settings)).toMatchObject({ mode: "report" });
  });

  test("keeps the table that it had: what leaves the stack is retained", () => {
    const [[, table] = []] = own.ofType("AWS::DynamoDB::Table");
    expect(table).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  });
});

describe("the configuration of a restored table", () => {
  test("says how to bill, in so many words", () => {
    const { billing: _, ...unbilled } = local;
    const wanted = /context\.stages\.local\.billing\.mode: must be said on a restored table: "report" until/;
    expect(() => configured({ ...local, restoredTable })).toThrow(wanted);
    for (const mode of ["report", "apply"]) {
      const said = { ...local, billing: { ...local.billing, mode }, restoredTable };
      expect(configured(said)).toMatchObject({ restoredTable, billing: { mode } });
    }
    expect(configured({ ...unbilled, restoredTable }).billing).toBeUndefined();
    expect(configured(local).billing?.mode).toBe("apply");
  });

  test.each([
    { name: "restored" },
    { name: "no", streamArn },
    { name: "another", streamArn },
    { name: "restored", streamArn: streamArn.replace(/\/stream.*/, "") },
    { name: "restored", streamArn: streamArn.replace("dynamodb", "kinesis") },
  ])("refuses %j", (wrong) => {
    expect(() => configured({ ...report, restoredTable: wrong })).toThrow(/local\.restoredTable\./);
  });
});
