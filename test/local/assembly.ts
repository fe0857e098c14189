/** Writes a small CDK assembly by hand: functions of a few lines behind an HTTP API, with a table. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Resource = { Type: string; Properties?: Record<string, unknown> };
export type Template = { Resources: Record<string, Resource>; [section: string]: unknown };

export type Sketch = {
  /** By logical id: the source of `index.cjs`, whose `exports.handler` is invoked. */
  functions: Record<string, string>;
  /** By logical id of a function: the statements of its policy; by default it may do anything. */
  policies?: Record<string, object[]>;
  /** By route key: the function behind it. */
  routes?: Record<string, string>;
  /** The function that authorizes every route but `$default`. */
  authorizer?: string;
  cors?: Record<string, unknown>;
  throttle?: { ThrottlingBurstLimit: number; ThrottlingRateLimit: number };
  /** The last word on the template. */
  edit?: (template: Template) => void;
};

const ANYTHING = [{ Effect: "Allow", Action: "*", Resource: "*" }];
const policy = (Statement: object[]) => ({ Version: "2012-10-17", Statement });

/** A folder of this test's own, gone after it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "tenantry-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes the assembly into `folder` and answers its path. */
export function writeAssembly(folder: string, sketch: Sketch): string {
  const path = join(folder, "cdk.out");
  mkdirSync(path, { recursive: true });
  const files: Record<string, unknown> = {};
  for (const [id, source] of Object.entries(sketch.functions)) {
    mkdirSync(join(path, `asset.${id}`), { recursive: true });
    writeFileSync(join(path, `asset.${id}`, "index.cjs"), source);
    files[id] = { source: { path: `asset.${id}`, packaging: "zip" }, destinations: {} };
  }
  const template = templateOf(sketch);
  sketch.edit?.(template);
  const write = (file: string, value: unknown) => writeFileSync(join(path, file), JSON.stringify(value));
  write("manifest.json", {
    artifacts: {
      Mini: {
        type: "aws:cloudformation:stack",
        environment: "aws://unknown-account/unknown-region",
        properties: { templateFile: "Mini.template.json" },
      },
    },
  });
  write("Mini.assets.json", { files });
  write("Mini.template.json", template);
  return path;
}

function templateOf({ functions, policies = {}, routes = {}, authorizer, cors, throttle }: Sketch): Template {
  const Resources: Record<string, Resource> = {
    Api: {
      Type: "AWS::ApiGatewayV2::Api",
      Properties: { Name: "mini", ProtocolType: "HTTP", ...(cors && { CorsConfiguration: cors }) },
    },
    Stage: {
      Type: "AWS::ApiGatewayV2::Stage",
      Properties: {
        ApiId: { Ref: "Api" },
        StageName: "$default",
        AutoDeploy: true,
        ...(throttle && { DefaultRouteSettings: throttle }),
      },
    },
    Table: {
      Type: "AWS::DynamoDB::GlobalTable",
      Properties: {
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
        TimeToLiveSpecification: { AttributeName: "expiresAtTtl", Enabled: true },
        Replicas: [{ Region: { Ref: "AWS::Region" } }],
      },
    },
  };
  for (const id of Object.keys(functions)) {
    Resources[`${id}Role`] = {
      Type: "AWS::IAM::Role",
      Properties: { Policies: [{ PolicyName: "uses", PolicyDocument: policy(policies[id] ?? ANYTHING) }] },
    };
    Resources[id] = {
      Type: "AWS::Lambda::Function",
      Properties: {
        Role: { "Fn::GetAtt": [`${id}Role`, "Arn"] },
        Code: { S3Bucket: { "Fn::Join": ["-", ["assets", { Ref: "AWS::AccountId" }]] }, S3Key: `${id}.zip` },
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        MemorySize: 256,
        Timeout: 10,
        Environment: { Variables: { TABLE_NAME: { Ref: "Table" } } },
      },
    };
  }
  if (authorizer)
    Resources.Authorizer = {
      Type: "AWS::ApiGatewayV2::Authorizer",
      Properties: {
        ApiId: { Ref: "Api" },
        AuthorizerPayloadFormatVersion: "2.0",
        AuthorizerResultTtlInSeconds: 300,
        AuthorizerType: "REQUEST",
        AuthorizerUri: {
          "Fn::Join": [
            "",
            [
              "arn:",
              { Ref: "AWS::Partition" },
              ":apigateway:us-east-1:lambda:path/2015-03-31/functions/",
              { "Fn::GetAtt": [authorizer, "Arn"] },
              "/invocations",
            ],
          ],
        },
        EnableSimpleResponses: true,
        IdentitySource: ["$request.header.Authorization"],
        Name: "authorizer",
      },
    };
  for (const [index, [key, id]] of Object.entries(routes).entries()) {
    Resources[`Integration${index}`] = {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        ApiId: { Ref: "Api" },
        IntegrationType: "AWS_PROXY",
        IntegrationUri: { "Fn::GetAtt": [id, "Arn"] },
        PayloadFormatVersion: "2.0",
      },
    };
    Resources[`Route${index}`] = {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        ApiId: { Ref: "Api" },
        RouteKey: key,
        Target: { "Fn::Join": ["", ["integrations/", { Ref: `Integration${index}` }]] },
        ...(authorizer && key !== "$default"
          ? { AuthorizationType: "CUSTOM", AuthorizerId: { Ref: "Authorizer" } }
          : {}),
      },
    };
  }
  return { Resources };
}
