import { CfnOutput, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { Alarms } from "./alarms.ts";
import { Api } from "./api.ts";
import { billingSettings, stripeSecret } from "./billing.ts";
import type { Config } from "./config.ts";
import { Email } from "./email.ts";
import type { TableRef } from "./functions.ts";
import { Jobs } from "./jobs.ts";
import { createTable, tableOf } from "./table.ts";

export interface TenantryProps extends StackProps {
  readonly config: Config;
}

/** Tenantry, whole: the table, the event bus, the email, the API, the jobs, their logs and alarms. */
export class Tenantry extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: TenantryProps) {
    super(scope, id, props);
    const retention = config.logRetentionDays as RetentionDays;
    const removalPolicy = RemovalPolicy.DESTROY;
    const { restoredTable } = config;
    const table: TableRef = restoredTable ? tableOf(this, restoredTable) : createTable(this);
    const logGroup = new LogGroup(this, "FunctionsLog", { retention, removalPolicy });
    const accessLog = new LogGroup(this, "AccessLog", { retention, removalPolicy });
    const eventBus = new EventBus(this, "EventBus", { eventBusName: `${this.stackName}-events` });
    const { acceptUrl, ...invitations } = config.invitations;
    const email = new Email(this, "Email", { sender: config.sender, acceptUrl });
    const bus = { arns: [eventBus.eventBusArn], environment: { EVENT_BUS_NAME: eventBus.eventBusName } };
    const { billing } = config;
    const destinations = { eventBus: bus, email, stripeSecret: stripeSecret(this, billing) };
    const { legalTerms = null, companyUsers } = config;
    const settings = { invitations, billing: billingSettings(billing), legalTerms, companyUsers };
    const functions = { table, destinations, settings, logGroup };
    const api = new Api(this, "Api", { ...functions, config, accessLog });
    const jobs = new Jobs(this, "Jobs", functions);
    new Alarms(this, "Alarms", { httpApi: api.httpApi, jobs, logGroup, topicArn: config.alarmTopicArn });
    new CfnOutput(this, "Url", { value: api.httpApi.apiEndpoint });
    new CfnOutput(this, "TableName", { value: table.tableName });
    new CfnOutput(this, "EventBusName", { value: eventBus.eventBusName });
  }
}
