import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { constructId } from "../../infra/functions.ts";
import { mergeNeeds } from "../../infra/policy.ts";
import { bearsToken } from "../../shared/endpoint/caller.ts";
import { operationsOf } from "../../shared/endpoint/endpoint.ts";
import { schema } from "../../shared/table/schema.ts";
import { assembly } from "../build.ts";

type Resource = { Type: string; Properties: any; [attribute: string]: unknown };

const template = JSON.parse(readFileSync(join(assembly, "Tenantry.template.json"), "utf8"));
const resources: [string, Resource][] = Object.entries(template.Resources);
const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);
const named = (type: string, prefix: string) =>
  ofType(type).find(([id]) => new RegExp(`^Api${prefix}[0-9A-F]{8}$`).test(id))?.[1];

describe("the table", () => {
  const [[, table] = []] = ofType("AWS::DynamoDB::Table");

  test("is built from the keys that the access patterns use", () => {
    const keys = (of: { KeySchema: { AttributeName: string }[] }) =>
      of.KeySchema.map(({ AttributeName }) => AttributeName);
    expect(keys(table?.Properties)).toEqual([schema.partitionKey, schema.sortKey]);
    for (const [name, index] of Object.entries(schema.indexes)) {
      const found = table?.Properties.GlobalSecondaryIndexes.find(
        ({ IndexName }: { IndexName: string }) => IndexName === name,
      );
      expect(keys(found)).toEqual([index.partitionKey, index.sortKey]);
      expect(found.Projection.ProjectionType).toBe(index.projection);
    }
  });

  test("is on demand, restorable, protected, kept, streamed whole, and expires garbage", () => {
    expect(table).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
        TimeToLiveSpecification: { AttributeName: "expiresAtTtl", Enabled: true },
      },
    });
  });
});

describe("every endpoint", () => {
  test.each(Object.entries(endpoints))(
    "%s has its route, function and authorizer",
    (key, { specification }) => {
      const route = named("AWS::ApiGatewayV2::Route", `${constructId(key)}Route`);
      expect(route?.Properties.RouteKey).toBe(specification.route);
      const isPublic = !bearsToken(specification.caller);
      expect(route?.Properties.AuthorizationType).toBe(isPublic ? "NONE" : "CUSTOM");
      expect(Boolean(route?.Properties.AuthorizerId)).toBe(!isPublic);
      expect(named("AWS::Lambda::Function", constructId(key))?.Properties).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        Handler: "index.handler",
        Timeout: 10,
      });
    },
  );

  test.each(Object.entries(endpoints))("%s may do exactly what its uses name", (key, { specification }) => {
    const role = named("AWS::IAM::Role", `${constructId(key)}Role`);
    const [policy, ...others] = role?.Properties.Policies ?? [];
    const [logs, ...statements] = policy.PolicyDocument.Statement;
    const needs = Object.values(operationsOf(specification)).flatMap((operation) => operation.needs);
    expect([others, role?.Properties.ManagedPolicyArns]).toEqual([[], undefined]);
    expect(logs.Action).toEqual(["logs:CreateLogStream", "logs:PutLogEvents"]);
    const beside = needs.filter((need) => "resource" in need);
    const expected = mergeNeeds(needs).map(({ actions, partitions, index }) => ({
      actions,
      keys: partitions.map((partition) => `${partition}#*`),
      isIndex: Boolean(index),
    }));
    const besides = statements.splice(expected.length);
    expect(new Set(besides.flatMap(({ Action }: any) => Action))).toEqual(
      new Set(beside.flatMap(({ actions }) => actions)),
    );
    expect(besides.length).toBe(new Set(beside.map(({ resource }) => resource)).size);
    const found = statements.map(({ Action, Resource, Condition, Effect }: any) => {
      expect([Effect, Condition?.Null]).toEqual(["Allow", { "dynamodb:LeadingKeys": "false" }]);
      return {
        actions: [Action].flat(),
        keys: [Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"]].flat(),
        isIndex: JSON.stringify(Resource).includes("/index/"),
      };
    });
    expect(found).toEqual(expected);
  });

  test("no function has a policy besides, and none may scan", () => {
    expect(ofType("AWS::IAM::Policy")).toEqual([]);
    expect(JSON.stringify(template)).not.toMatch(/dynamodb:Scan|dynamodb:\*/);
  });
});

describe("the stage", () => {
  const [[, stage] = []] = ofType("AWS::ApiGatewayV2::Stage");

  test("throttles, and logs the route's key, never path, address, agent or token", () => {
    const { AccessLogSettings, DefaultRouteSettings } = stage?.Properties ?? {};
    expect(DefaultRouteSettings).toEqual({ ThrottlingBurstLimit: 1_000, ThrottlingRateLimit: 500 });
    const variables = AccessLogSettings.Format.match(/\$context\.[\w.]+/g);
    expect(variables).toContain("$context.routeKey");
    expect(variables.join()).not.toMatch(/path|ip|userAgent|authorizer|querystring/i);
  });

  test("lets browsers in from the configured origins only", () => {
    const [[, api] = []] = ofType("AWS::ApiGatewayV2::Api");
    expect(api?.Properties.CorsConfiguration.AllowOrigins).toEqual(["http://localhost:5173"]);
    // Those that answers bear for clients to go by.
    expect(api?.Properties.CorsConfiguration.ExposeHeaders).toEqual(
      expect.arrayContaining(["allow", "link", "retry-after", "x-request-id"]),
    );
  });
});
