import { Duration, Validations } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import {
  EventSourceMapping,
  type Function as LambdaFunction,
  StartingPosition,
} from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { jobs as registry } from "../functions/index.ts";
import type {
  AnyJob,
  EventTrigger,
  ScheduleTrigger,
  StreamTrigger,
  Trigger,
} from "../shared/endpoint/job.ts";
import { descriptionOf } from "./bundle.ts";
import { constructId, createFunction, type FunctionsProps } from "./functions.ts";

/** One function for each job of the registry, with what starts it and, unless only a schedule does, a failure queue. */
export class Jobs extends Construct {
  /** By the name of the job. */
  readonly handlers: Record<string, LambdaFunction> = {};
  readonly failureQueues: Record<string, Queue> = {};

  constructor(
    scope: Construct,
    id: string,
    props: FunctionsProps,
    jobs: Readonly<Record<string, AnyJob>> = registry,
  ) {
    super(scope, id);
    for (const [key, { specification }] of Object.entries(jobs)) {
      const name = constructId(key);
      const isHanded = "stream" in specification || "events" in specification;
      const failures = isHanded ? this.createFailureQueue(name) : undefined;
      const handler = createFunction(this, props, {
        key,
        description: descriptionOf(key),
        operations: specification.uses,
        statements: statementsFor(specification, props, failures),
        timeout: Duration.seconds(60),
      });
      this.handlers[name] = handler;
      if (failures) this.failureQueues[name] = failures;
      if ("schedule" in specification) this.onSchedule(name, handler, specification);
      if ("stream" in specification) this.onStream(name, handler, specification, props, failures);
      if ("events" in specification) this.onEvents(name, handler, specification, failures);
    }
  }

  /** The next tick is the retry. */
  private onSchedule(name: string, handler: LambdaFunction, { schedule }: ScheduleTrigger): void {
    handler.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    new Rule(this, `${name}Schedule`, {
      schedule: Schedule.expression(schedule),
      targets: [new LambdaTarget(handler, { retryAttempts: 0 })],
    });
  }

  /** A batch that fails is halved until it is known which change fails; that one goes to the failure queue. */
  private onStream(
    name: string,
    target: LambdaFunction,
    { stream }: StreamTrigger,
    { table }: FunctionsProps,
    failures: Queue | undefined,
  ): void {
    new EventSourceMapping(this, `${name}Stream`, {
      target,
      ...(table.tableStreamArn && { eventSourceArn: table.tableStreamArn }),
      // From the stack's first change on: nothing is left out between its creation and that of this.
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: stream.filters.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      batchSize: stream.batchSize,
      maxBatchingWindow: Duration.seconds(stream.batchingWindow),
      retryAttempts: stream.retries,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      ...(failures && { onFailure: new SqsDlq(failures) }),
    });
  }

  private onEvents(
    name: string,
    handler: LambdaFunction,
    { events }: EventTrigger,
    failures: Queue | undefined,
  ): void {
    handler.configureAsyncInvoke({
      retryAttempts: 2,
      ...(failures && { onFailure: new SqsDestination(failures) }),
    });
    new Rule(this, `${name}Events`, {
      eventPattern: { source: [...events.source], detailType: [...events.detailType] },
      targets: [new LambdaTarget(handler)],
    });
  }

  private createFailureQueue(name: string): Queue {
    const queue = new Queue(this, `${name}Failures`, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const reason = "It is a failure queue: what is in it waits for a person.";
    Validations.of(queue).acknowledge({ id: "AwsSolutions::AwsSolutions-SQS3", reason });
    return queue;
  }
}

/** What Lambda does in the function's name: read the stream, and put into the failure queue what failed. */
function statementsFor(
  specification: Trigger,
  { table }: FunctionsProps,
  failures: Queue | undefined,
): PolicyStatement[] {
  const actions = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
  const stream = "stream" in specification && table.tableStreamArn;
  return [
    ...(stream
      ? [
          new PolicyStatement({
            actions: actions.map((action) => `dynamodb:${action}`),
            resources: [stream],
          }),
        ]
      : []),
    ...(failures
      ? [new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [failures.queueArn] })]
      : []),
  ];
}
