import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { bundleFolder } from "./bundle.ts";

/** What all functions share. */
export interface FunctionsProps {
  readonly table: Table;
  readonly logGroup: ILogGroup;
}

export interface FunctionProps {
  /** The path of its file under functions/, without the ending. */
  readonly key: string;
  readonly statements: PolicyStatement[];
  readonly environment: Record<string, string>;
  readonly description: string;
}

/** A Lambda function from its bundle, with a role of its own that may write its log and do what it is given. */
export function createFunction(
  scope: Construct,
  { logGroup }: FunctionsProps,
  { key, statements, environment, description }: FunctionProps,
): LambdaFunction {
  const name = constructId(key);
  const role = new Role(scope, `${name}Role`, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    inlinePolicies: {
      uses: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [logGroup.logGroupArn],
          }),
          ...statements,
        ],
      }),
    },
  });
  return new LambdaFunction(scope, name, {
    description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: "index.handler",
    code: Code.fromAsset(bundleFolder(key)),
    memorySize: 1_024,
    timeout: Duration.seconds(10),
    environment,
    role: role.withoutPolicyUpdates(),
    logGroup,
  });
}

/** `businesses/get-business` → `BusinessesGetBusiness`. */
export function constructId(key: string): string {
  return key
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
