import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { EventBus } from "aws-cdk-lib/aws-events";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { jobs } from "../../functions/index.ts";
import { Email } from "../../infra/email.ts";
import { constructId } from "../../infra/functions.ts";
import { Jobs } from "../../infra/jobs.ts";
import { createTable } from "../../infra/table.ts";
import { defaultInvitationSettings } from "../../shared/domain/invitation-settings.ts";
import { job } from "../../shared/endpoint/job.ts";
import { assembly } from "../build.ts";

type Resource = { Type: string; Properties: any };

const template = JSON.parse(readFileSync(join(assembly, "Tenantry.template.json"), "utf8"));
const resources = Object.entries<Resource>(template.Resources);
/** The one resource of a type and job; its suffix tells apart what CDK makes of one job. */
const of = (type: string, key: string, suffix = "") =>
  resources.find(
    ([id, { Type }]) => Type === type && new RegExp(`^Jobs${constructId(key)}${suffix}[0-9A-F]{8}$`).test(id),
  ) ?? ["", undefined];
const isStream = ([, { specification }]: (typeof entries)[0]) => "stream" in specification;
const entries = Object.entries(jobs);

describe("every job", () => {
  test.each(entries)("%s has a function with time to finish, and the policy of its uses", (key) => {
    const [, fn] = of("AWS::Lambda::Function", key);
    expect(fn?.Properties.Timeout).toBe(60);
    const [, role] = of("AWS::IAM::Role", key, "Role");
    const actions = role?.Properties.Policies[0].PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    );
    for (const need of Object.values(jobs[key]?.specification.uses ?? {}).flatMap(({ needs }) => needs))
      if ("actions" in need) expect(actions).toEqual(expect.arrayContaining([...need.actions]));
    expect(actions.join()).not.toContain("*");
  });
});

describe("every job of the stream", () => {
  test.each(entries.filter(isStream))(
    "%s filters, waits, splits, retries, and keeps what fails",
    (key, job) => {
      const [queueId, queue] = of("AWS::SQS::Queue", key, "Failures");
      const { specification } = job;
      if (!("stream" in specification)) throw new Error("not of the stream");
      const { stream } = specification;
      expect(of("AWS::Lambda::EventSourceMapping", key, "Stream")[1]?.Properties).toMatchObject({
        BatchSize: stream.batchSize,
        BisectBatchOnFunctionError: true,
        DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [queueId, "Arn"] } } },
        FilterCriteria: { Filters: stream.filters.map((filter) => ({ Pattern: JSON.stringify(filter) })) },
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        MaximumBatchingWindowInSeconds: stream.batchingWindow,
        MaximumRetryAttempts: stream.retries,
        StartingPosition: "TRIM_HORIZON",
      });
      expect(queue?.Properties).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 14 * 86_400,
      });
    },
  );
});

test("publish-events may put events on the stack's bus, and reach nothing of the table but its stream", () => {
  const [, role] = of("AWS::IAM::Role", "jobs/publish-events", "Role");
  const [, ...statements] = role?.Properties.Policies[0].PolicyDocument.Statement ?? [];
  expect(statements.map(({ Action }: { Action: unknown }) => Action)).toEqual([
    "events:PutEvents",
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
    "sqs:SendMessage",
  ]);
});

describe("what starts a job", () => {
  const app = new App();
  const stack = new Stack(app, "Stack");
  const props = {
    table: createTable(stack),
    destinations: {
      eventBus: { arns: [new EventBus(stack, "Bus").eventBusArn], environment: {} },
      email: new Email(stack, "Email", { sender: "no-reply@acme.example", acceptUrl: "https://x.y/{token}" }),
      stripeSecret: { arns: [], environment: {} },
    },
    settings: { invitations: defaultInvitationSettings, billing: null, legalTerms: null, companyUsers: null },
    logGroup: new LogGroup(stack, "Log"),
  };
  const needs = [{ actions: ["ses:SendEmail"], resource: "email" }, { setting: "invitations" }] as const;
  const remind = { name: "remind", needs, run: async () => {} };
  // Any bundles do: what they hold is not looked at.
  new Jobs(stack, "Jobs", props, {
    health: job({ schedule: "rate(1 minute)", uses: { remind } }, async () => undefined),
    "not-found": job(
      { events: { source: ["aws.ses"], detailType: ["Email Bounced"] }, uses: {} },
      async () => undefined,
    ),
  });
  const made = Template.fromStack(stack);

  test("a schedule, whose next tick is the only retry", () => {
    made.hasResourceProperties("AWS::Events::Rule", {
      ScheduleExpression: "rate(1 minute)",
      Targets: [Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0 } })],
    });
    made.hasResourceProperties("AWS::Lambda::EventInvokeConfig", { MaximumRetryAttempts: 0 });
  });

  test("events, tried again, then kept in a failure queue", () => {
    made.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: { source: ["aws.ses"], "detail-type": ["Email Bounced"] },
    });
    made.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
    made.resourceCountIs("AWS::SQS::Queue", 1);
  });

  test("finds what it uses in its environment", () => {
    made.hasResourceProperties("AWS::Lambda::Function", {
      Environment: {
        Variables: {
          ACCEPT_URL: "https://x.y/{token}",
          EMAIL_SENDER: "no-reply@acme.example",
          EMAIL_CONFIGURATION_SET: { Ref: Match.stringLikeRegexp("^EmailConfigurationSet") },
          INVITATIONS: JSON.stringify(defaultInvitationSettings),
        },
      },
    });
  });

  test("is clean by cdk-nag", () => {
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth({ force: true })).not.toThrow();
  });
});
