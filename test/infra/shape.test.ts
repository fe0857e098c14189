import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { constructId } from "../../infra/functions.ts";
import { assembly } from "../build.ts";

type Resource = { Type: string; Properties: any; Metadata: { "aws:cdk:path": string } };

const template = JSON.parse(readFileSync(join(assembly, "Tenantry.template.json"), "utf8"));
const resources: Resource[] = Object.values(template.Resources);

/** CloudFormation takes 500; the rest is room for a deployment's own additions. */
const limit = 420;
const perEndpoint = 5;

/** What a stack holds for an endpoint: everything under the constructs that bear its name. */
function resourcesOf(key: string): Resource[] {
  const own = new RegExp(`^Tenantry/Api/${constructId(key)}(Role|Route)?/`);
  return resources.filter(({ Metadata }) => own.test(Metadata["aws:cdk:path"]));
}

describe("the stack", () => {
  test.each(Object.keys(endpoints))("takes five resources for %s", (key) => {
    expect(
      resourcesOf(key)
        .map(({ Type }) => Type)
        .sort(),
    ).toEqual([
      "AWS::ApiGatewayV2::Integration",
      "AWS::ApiGatewayV2::Route",
      "AWS::IAM::Role",
      "AWS::Lambda::Function",
      "AWS::Lambda::Permission",
    ]);
  });

  test("holds at most 420 resources, and would with 60 endpoints", () => {
    const own = new Set(Object.keys(endpoints).flatMap(resourcesOf));
    const shared = resources.filter((resource) => !own.has(resource));
    expect(Math.max(resources.length, shared.length + perEndpoint * 60)).toBeLessThanOrEqual(limit);
    const ofApi = shared
      .map(({ Metadata }) => Metadata["aws:cdk:path"])
      .filter((path) => /\/Api\//.test(path));
    for (const path of ofApi)
      expect(path).toMatch(/^Tenantry\/Api\/(HttpApi|Stage|Authorizer|AuthorizerRole)\//);
  });

  test("has one log group for all functions, and one for the API's access", () => {
    const groups = resources.filter(({ Type }) => Type === "AWS::Logs::LogGroup");
    expect(groups.length).toBe(2);
    const functions = resources.filter(({ Type }) => Type === "AWS::Lambda::Function");
    const used = functions.map(({ Properties }) => JSON.stringify(Properties.LoggingConfig?.LogGroup));
    expect(functions.length).toBeGreaterThan(Object.keys(endpoints).length);
    expect([...new Set(used)]).toEqual([expect.stringMatching(/^{"Ref":"FunctionsLog/)]);
  });
});
