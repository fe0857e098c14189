import { Duration, Validations } from "aws-cdk-lib";
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
import type { Operations, SettingName } from "../shared/operation.ts";
import { bundleFolder } from "./bundle.ts";
import { type Destinations, policyFor, resourcesOf, settingsOf, usesTable } from "./policy.ts";

/** A table: the stack's own, or one that is there. */
export interface TableRef {
  readonly tableName: string;
  readonly tableArn: string;
  readonly tableStreamArn?: string | undefined;
}

/** What all functions share. */
export interface FunctionsProps {
  readonly table: TableRef;
  readonly destinations: Destinations;
  readonly settings: Readonly<Record<SettingName, object | null>>;
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
  { logGroup, table, destinations, settings }: FunctionsProps,
  { key, description, operations, statements = [], environment, timeout }: FunctionProps,
): LambdaFunction {
  const name = constructId(key);
  const resources = resourcesOf(operations);
  const role = new Role(scope, `${name}Role`, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    inlinePolicies: {
      uses: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [logGroup.logGroupArn],
          }),
          ...policyFor(operations, table.tableArn, destinations),
          ...statements,
        ],
      }),
    },
  });
  if (resources.includes("email")) acknowledgeIdentities(role);
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
      ...resources.map((resource) => destinations[resource].environment),
      ...settingsOf(operations).map((setting) => ({
        [setting.toUpperCase()]: JSON.stringify(settings[setting]),
      })),
      environment,
    ),
    role: role.withoutPolicyUpdates(),
    logGroup,
  });
  // For the local run, which swaps a function's code when its source changes.
  (created.node.defaultChild as CfnFunction).addMetadata("tenantry:source", key);
  return created;
}

/** A role that sends email is bound by the address that it sends from, whatever identities SES judges by. */
function acknowledgeIdentities(role: Role): void {
  const identities = "arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*";
  const id = `AwsSolutions::AwsSolutions-IAM5[Resource::${identities}]`;
  Validations.of(role).acknowledge({ id, reason: "A condition binds it to the sender's address." });
}

/** `businesses/get-business` → `BusinessesGetBusiness`. */
export function constructId(key: string): string {
  return key
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
