/**
 * The resource types that the local run knows: those that it runs, and those that it leaves out, each with the
 * reason. A template with any other type doesn't start.
 */
export type Names = { id: string; name: string; region: string; account: string };
type Value = (names: Names) => string;

export type Kind = {
  /** Why the local run has no part for it; absent where it has one. */
  leftOut?: string;
  /** The property that names the resource; without one, `Ref` is `<stack>-<logical id>`. */
  nameProperty?: string;
  ref?: Value;
  attributes?: Record<string, Value>;
};

const arn =
  (service: string, resource: Value): Value =>
  (names) =>
    `arn:aws:${service}:${names.region}:${names.account}:${resource(names)}`;

/** Identifiers that AWS would make up: short, lower-case, the same at each start. */
const madeUp: Value = ({ id }) => id.toLowerCase().slice(-10);

const table: Kind = {
  nameProperty: "TableName",
  attributes: {
    Arn: arn("dynamodb", ({ name }) => `table/${name}`),
    StreamArn: arn("dynamodb", ({ name }) => `table/${name}/stream/local`),
  },
};
const role: Value = ({ name, account }) => `arn:aws:iam::${account}:role/${name}`;
const policy: Value = ({ name, account }) => `arn:aws:iam::${account}:policy/${name}`;

export const kinds: Record<string, Kind> = {
  "AWS::ApiGatewayV2::Api": {
    ref: madeUp,
    attributes: {
      ApiId: madeUp,
      ApiEndpoint: (names) => `https://${madeUp(names)}.execute-api.${names.region}.amazonaws.com`,
    },
  },
  "AWS::ApiGatewayV2::Authorizer": { ref: madeUp, attributes: { AuthorizerId: madeUp } },
  "AWS::ApiGatewayV2::Integration": { ref: ({ id }) => id },
  "AWS::ApiGatewayV2::Route": { ref: madeUp, attributes: { RouteId: madeUp } },
  "AWS::ApiGatewayV2::Stage": { nameProperty: "StageName" },
  "AWS::DynamoDB::GlobalTable": table,
  "AWS::DynamoDB::Table": table,
  "AWS::Events::EventBus": {
    nameProperty: "Name",
    attributes: { Arn: arn("events", ({ name }) => `event-bus/${name}`), Name: ({ name }) => name },
  },
  "AWS::Events::Rule": {
    nameProperty: "Name",
    attributes: { Arn: arn("events", ({ name }) => `rule/${name}`) },
  },
  "AWS::IAM::ManagedPolicy": {
    nameProperty: "ManagedPolicyName",
    ref: policy,
    attributes: { PolicyArn: policy },
  },
  "AWS::IAM::Policy": { nameProperty: "PolicyName" },
  "AWS::IAM::Role": { nameProperty: "RoleName", attributes: { Arn: role } },
  "AWS::Lambda::EventInvokeConfig": {},
  "AWS::Lambda::EventSourceMapping": { attributes: { Id: ({ name }) => name } },
  "AWS::Lambda::Function": {
    nameProperty: "FunctionName",
    attributes: { Arn: arn("lambda", ({ name }) => `function:${name}`) },
  },
  "AWS::SES::ConfigurationSet": { nameProperty: "Name" },
  "AWS::SES::ConfigurationSetEventDestination": { attributes: { Id: ({ name }) => name } },
  "AWS::SES::EmailIdentity": { nameProperty: "EmailIdentity" },
  "AWS::SQS::Queue": {
    nameProperty: "QueueName",
    ref: ({ name, region, account }) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    attributes: { Arn: arn("sqs", ({ name }) => name), QueueName: ({ name }) => name },
  },
  "AWS::SSM::Parameter": { nameProperty: "Name", attributes: {} },
  "AWS::SecretsManager::Secret": {
    nameProperty: "Name",
    ref: arn("secretsmanager", ({ name }) => `secret:${name}-Local0`),
    attributes: { Id: arn("secretsmanager", ({ name }) => `secret:${name}-Local0`) },
  },

  "AWS::CDK::Metadata": { leftOut: "it counts how CDK is used" },
  "AWS::CloudWatch::Alarm": {
    leftOut: "alarms watch a deployment; locally the console shows every error",
    nameProperty: "AlarmName",
    attributes: { Arn: arn("cloudwatch", ({ name }) => `alarm:${name}`) },
  },
  "AWS::CloudWatch::Dashboard": { leftOut: "dashboards show a deployment's metrics" },
  "AWS::Lambda::Permission": { leftOut: "the local gateway may invoke every function" },
  "AWS::Logs::LogGroup": {
    leftOut: "logs go to files in the state folder",
    nameProperty: "LogGroupName",
    attributes: { Arn: arn("logs", ({ name }) => `log-group:${name}:*`) },
  },
  "AWS::Logs::MetricFilter": { leftOut: "metrics are for alarms, which watch a deployment" },
  "AWS::SQS::QueuePolicy": { leftOut: "nobody but the run itself reaches the queues" },
};
