import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { EventBus } from "aws-cdk-lib/aws-events";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Operations, ResourceName } from "../shared/operation.ts";
import { bundleFolder } from "./bundle.ts";
import { policyFor, resourcesOf, usesTable } from "./policy.ts";

/** What all functions share. */
export interface FunctionsProps {
  readonly table: Table;
  readonly eventBus: EventBus;
  readonly logGroup: ILogGroup;
}

export interface FunctionProps {
  /** The path of its file under functions/, without the ending. */
  readonly key: string;
  readonly description: string;
  /** What it uses: its policy allows that, and its environment says where it is. */
  readonly operations: Operations;
  /** What its role may do besides, on behalf of what invokes it. */
  readonly statements?: PolicyStatement[];
  readonly environment?: Record<string, string>;
  /** By default 10 s. */
  readonly timeout?: Duration;
}

/** A Lambda function from its bundle, with a role of its own that may write its log and do what it is given. */
export function createFunction(
  scope: Construct,
  { logGroup, table, eventBus }: FunctionsProps,
  { key, description, operations, statements = [], environment, timeout }: FunctionProps,
): LambdaFunction {
  const name = constructId(key);
  const arns = { table: table.tableArn, eventBus: eventBus.eventBusArn };
  const names: Record<ResourceName, Record<string, string>> = {
    eventBus: { EVENT_BUS_NAME: eventBus.eventBusName },
  };
  const role = new Role(scope, `${name}Role`, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    inlinePolicies: {
      uses: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [logGroup.logGroupArn],
          }),
          ...policyFor(operations, arns),
          ...statements,
        ],
      }),
    },
  });
  const created = new LambdaFunction(scope, name, {
    description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: "index.handler",
    code: Code.fromAsset(bundleFolder(key)),
    memorySize: 1_024,
    timeout: timeout ?? Duration.seconds(10),
    environment: Object.assign(
      usesTable(operations) ? { TABLE_NAME: table.tableName } : {},
      ...resourcesOf(operations).map((resource) => names[resource]),
      environment,
    ),
    role: role.withoutPolicyUpdates(),
    logGroup,
  });
  // For the local run, which swaps a function's code when its source changes.
  (created.node.defaultChild as CfnFunction).addMetadata("tenantry:source", key);
  return created;
}

/** `businesses/get-business` → `BusinessesGetBusiness`. */
export function constructId(key: string): string {
  return key
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
