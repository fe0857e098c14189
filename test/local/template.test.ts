/** It is the template that runs: what changes in it changes the run, and what isn't known stops the start by name. */
import { describe, expect, it } from "vitest";
import { resolve, type Scope } from "../../infra/local/intrinsics.ts";
import type { Template } from "./assembly.ts";
import { startMini } from "./local-run.ts";

const environment =
  'exports.handler = async () => ({ body: process.env.TABLE_NAME ?? "none", statusCode: 200 });';
const slow = "exports.handler = () => new Promise((done) => setTimeout(done, 1050, { statusCode: 200 }));";
const sketch = {
  functions: { Environment: environment, Slow: slow },
  routes: { "GET /table": "Environment", "GET /slow": "Slow" },
};

const edited = (edit: (properties: (id: string) => Record<string, unknown>, template: Template) => void) => ({
  ...sketch,
  edit: (template: Template) => edit((id) => template.Resources[id]?.Properties ?? {}, template),
});

describe("a copy of the template changes the local run accordingly", () => {
  it("unchanged, as a yardstick", async () => {
    const local = await startMini(sketch);
    const [table, slow] = await Promise.all([local.request("/table"), local.request("/slow")]);
    expect([table.status, table.text, slow.status]).toEqual([200, "Mini-Table", 200]);
    await local.remove();
  });

  it("a route renamed, an environment variable dropped, a timeout changed", async () => {
    const local = await startMini(
      edited((properties) => {
        properties("Route0").RouteKey = "GET /renamed";
        properties("Environment").Environment = { Variables: {} };
        properties("Slow").Timeout = 1;
      }),
    );
    const [old, renamed, slow] = await Promise.all([
      local.request("/table"),
      local.request("/renamed"),
      local.request("/slow"),
    ]);
    expect(old.status).toBe(404);
    expect([renamed.status, renamed.text]).toEqual([200, "none"]);
    expect([slow.status, slow.text]).toEqual([500, '{"message":"Internal Server Error"}']);
    await local.remove();
  });
});

describe("refuses to start, by name", () => {
  it.each<[string, (properties: (id: string) => Record<string, unknown>, template: Template) => void]>([
    ["Fn::ImportValue", (properties) => (properties("Slow").Timeout = { "Fn::ImportValue": "x" })],
    [
      "AWS::SNS::Topic (Topic)",
      (_, template) => (template.Resources.Topic = { Type: "AWS::SNS::Topic", Properties: {} }),
    ],
    [
      "attribute Wings of Slow",
      (properties) => (properties("Api").Name = { "Fn::GetAtt": ["Slow", "Wings"] }),
    ],
    ["refers to Nothing", (properties) => (properties("Slow").Timeout = { Ref: "Nothing" })],
    ["{{resolve:ssm:x}}", (properties) => (properties("Slow").Description = "{{resolve:ssm:x}}")],
    ["Slow can't be run locally", (properties) => (properties("Slow").Runtime = "python3.14")],
    [
      "Route0 (AWS::ApiGatewayV2::Route)",
      (properties) => (properties("Route0").AuthorizationType = "AWS_IAM"),
    ],
    [
      "Integration0",
      (properties) => (properties("Integration0").RequestParameters = { "append:header.a": "b" }),
    ],
  ])("%s", async (name, edit) => {
    await expect(startMini(edited(edit))).rejects.toThrow(name);
  });

  it("a table whose keys differ from those in the state folder", async () => {
    const local = await startMini(sketch);
    await local.stop();
    const other = edited((properties) => {
      properties("Table").KeySchema = [{ AttributeName: "pk", KeyType: "HASH" }];
      properties("Table").AttributeDefinitions = [{ AttributeName: "pk", AttributeType: "S" }];
    });
    await expect(startMini(other, { stateDir: local.stateDir })).rejects.toThrow("--fresh");
    await local.remove();
  });
});

describe("intrinsic functions", () => {
  const scope: Scope = {
    ref: (name) => `<${name}>`,
    attribute: (id, name) => `<${id}.${name}>`,
    condition: (name) => name === "Yes",
    mapping: (...path) => path.join("/"),
  };
  const format = ["A", "B.C", "d", "!e"].map((name) => `$\{${name}}`).join("");
  const SUBSTITUTION = { "Fn::Sub": [format, { d: { Ref: "D" } }] };
  it.each([
    [{ Ref: "A" }, "<A>"],
    [{ "Fn::GetAtt": ["A", "B.C"] }, "<A.B.C>"],
    [{ "Fn::GetAtt": "A.B" }, "<A.B>"],
    [{ "Fn::Join": ["-", ["a", { Ref: "B" }]] }, "a-<B>"],
    [SUBSTITUTION, `<A><B.C><D>$\{e}`],
    [{ "Fn::Select": [1, { "Fn::Split": [",", "a,b,c"] }] }, "b"],
    [{ "Fn::If": ["Yes", "y", "n"] }, "y"],
    [{ "Fn::FindInMap": ["a", "b", "c"] }, "a/b/c"],
    [{ "Fn::Or": [{ "Fn::Equals": ["a", "b"] }, { "Fn::Not": [{ Condition: "No" }] }] }, true],
    [{ "Fn::And": [{ Condition: "Yes" }, { Condition: "No" }] }, false],
    [
      { Condition: { Null: { a: "b" } }, Ref: "both" },
      { Condition: { Null: { a: "b" } }, Ref: "both" },
    ],
  ])("%j", (expression, value) => {
    expect(resolve(expression, scope)).toEqual(value);
  });
});
