import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { type IndexName, schema } from "../shared/table/schema.ts";
import type { Config } from "./config.ts";
import type { TableRef } from "./functions.ts";

/** The one table: on demand, restorable to any second, and kept when the stack goes. */
export function createTable(scope: Construct): Table {
  const table = new Table(scope, "Table", {
    partitionKey: { name: schema.partitionKey, type: AttributeType.STRING },
    sortKey: { name: schema.sortKey, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: schema.timeToLive,
  });
  for (const name of Object.keys(schema.indexes) as IndexName[]) {
    const { partitionKey, sortKey, projection } = schema.indexes[name];
    table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType[projection],
    });
  }
  return table;
}

/** A table that is there: one that DynamoDB has restored, with a stream that was switched on by hand. */
export function tableOf(
  scope: Construct,
  { name: tableName, streamArn: tableStreamArn }: NonNullable<Config["restoredTable"]>,
): TableRef {
  return Table.fromTableAttributes(scope, "RestoredTable", { tableName, tableStreamArn });
}
