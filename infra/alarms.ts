import { Duration, Stack } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Alarm, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { FilterPattern, type IFilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Jobs } from "./jobs.ts";

export interface AlarmsProps {
  readonly httpApi: HttpApi;
  readonly jobs: Jobs;
  /** Where functions write their lines. */
  readonly logGroup: ILogGroup;
  /** Who hears of it; without one the alarms are only seen in CloudWatch. */
  readonly topicArn: string | undefined;
}

const period = Duration.minutes(5);

const isThere = (member: string) => FilterPattern.exists(member);
const aboveFiveMinutes = (seconds: string) => FilterPattern.numberValue(seconds, ">", 300);

/** What jobs write into the log for a person to see, by the member of the line that says it. */
const reports: Readonly<Record<string, [pattern: (member: string) => IFilterPattern, says: string]>> = {
  poisoned: [isThere, "A job can't attend to an item: its log line says which."],
  brokenLedger: [isThere, "A business's licenses can't be worked on: the log says whose, and why."],
  oldestWorkSeconds: [aboveFiveMinutes, "Stripe has not answered for five minutes, or not as it should."],
  unreadableCustomer: [isThere, "Stripe doesn't know a business's customer: check the key's account."],
  severalSubscriptions: [isThere, "A business pays by several subscriptions: cancel all but one at Stripe."],
  unknownCustomer: [isThere, "Stripe has a customer for a business that has another one, or isn't there."],
  parkedLedger: [isThere, "A card was declined: a business's new licenses are not paid for."],
  driftingLedger: [isThere, "Stripe bills another number of licenses, by too much to be repaired unasked."],
  miscountedLedger: [isThere, "A ledger had another number of licenses than there are holders."],
};

/** Says that something needs a person: the API answers 5xx, a job fails or reports, a failure queue holds something. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { httpApi, jobs, logGroup, topicArn }: AlarmsProps) {
    super(scope, id);
    const topic = topicArn === undefined ? undefined : Topic.fromTopicArn(this, "Topic", topicArn);
    const alarm = (name: string, metric: IMetric, threshold: number, alarmDescription: string) => {
      const made = new Alarm(this, name, {
        metric,
        threshold,
        alarmDescription,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (topic) made.addAlarmAction(new SnsAction(topic));
    };
    const sum = { period, statistic: "Sum" };
    alarm("ApiErrors", httpApi.metricServerError(sum), 5, "The API answered 5xx five times in five minutes.");
    for (const [name, handler] of Object.entries(jobs.handlers)) {
      alarm(`${name}Errors`, handler.metricErrors(sum), 1, "A job failed in the last five minutes.");
    }
    for (const [member, [pattern, says]] of Object.entries(reports)) {
      const name = member.charAt(0).toUpperCase() + member.slice(1);
      const lines = new MetricFilter(this, `${name}Lines`, {
        logGroup,
        filterPattern: pattern(`$.${member}`),
        metricNamespace: Stack.of(this).stackName,
        metricName: name,
      });
      alarm(name, lines.metric(sum), 1, says);
    }
    for (const [name, queue] of Object.entries(jobs.failureQueues)) {
      const waiting = queue.metricApproximateNumberOfMessagesVisible({ period, statistic: "Maximum" });
      alarm(`${name}Failures`, waiting, 1, "A job has given up on what its failure queue holds.");
    }
  }
}
