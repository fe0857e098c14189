import { Duration, Stack } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Alarm, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { FilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Jobs } from "./jobs.ts";

export interface AlarmsProps {
  readonly httpApi: HttpApi;
  readonly jobs: Jobs;
  /** Where functions log. */
  readonly logGroup: ILogGroup;
  /** Who hears of it; without one the alarms are only seen in CloudWatch. */
  readonly topicArn: string | undefined;
}

const period = Duration.minutes(5);

/**
 * Says that something needs a person: the API answers 5xx, a job fails, can't attend to an item, or a failure queue holds
 * what it gave up.
 */
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
    const poisoned = new MetricFilter(this, "PoisonedItems", {
      logGroup,
      filterPattern: FilterPattern.exists("$.poisoned"),
      metricNamespace: Stack.of(this).stackName,
      metricName: "PoisonedItems",
    });
    alarm("Poisoned", poisoned.metric(sum), 1, "A job can't attend to an item: its log line says which.");
    for (const [name, queue] of Object.entries(jobs.failureQueues)) {
      const waiting = queue.metricApproximateNumberOfMessagesVisible({ period, statistic: "Maximum" });
      alarm(`${name}Failures`, waiting, 1, "A job has given up on what its failure queue holds.");
    }
  }
}
