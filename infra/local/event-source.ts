/** Reads the template's event source mappings: from which table's stream, which records, to which function, and how. */
import { z } from "zod";
import { accessKey } from "./environment.ts";
import { compilePattern } from "./pattern.ts";
import { authorize, type Caller } from "./roles.ts";
import { tableResources } from "./tables.ts";
import type { Resource, Stack } from "./template.ts";

const Properties = z.strictObject({
  BatchSize: z.coerce.number().int().min(1).max(10_000).default(100),
  BisectBatchOnFunctionError: z.boolean().default(false),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }) }).optional(),
  Enabled: z.boolean().default(true),
  EventSourceArn: z.string().regex(/:table\/[^/]+\/stream\//, "the local run reads streams of tables only"),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).optional(),
  FunctionName: z.string(),
  FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
  MaximumBatchingWindowInSeconds: z.coerce.number().min(0).max(300).default(0),
  /** -1 for ever, which is until the stream forgets the record: a day. */
  MaximumRecordAgeInSeconds: z.coerce.number().default(-1),
  MaximumRetryAttempts: z.coerce.number().default(-1),
  // How many batches of different keys run at once. One after the other keeps what it promises, the order of a key.
  ParallelizationFactor: z.unknown().optional(),
  StartingPosition: z.enum(["TRIM_HORIZON", "LATEST"]),
  Tags: z.unknown().optional(),
});

const STREAM_LIFE_SECONDS = 24 * 60 * 60;
const READ_STREAM = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];

export type Mapping = {
  id: string;
  table: string;
  streamArn: string;
  functionName: string;
  functionArn: string;
  batchSize: number;
  windowMs: number;
  bisects: boolean;
  reportsFailures: boolean;
  retries: number;
  maxAgeMs: number;
  start: "TRIM_HORIZON" | "LATEST";
  filters: string[];
  failureQueue: string | undefined;
};

export function readMappings(stack: Stack, callers: ReadonlyMap<string, Caller>): Mapping[] {
  return stack.ofType("AWS::Lambda::EventSourceMapping").flatMap((resource) => {
    const parsed = Properties.safeParse(resource.properties);
    if (!parsed.success)
      throw new Error(`The mapping ${resource.id} can't be run locally:\n${z.prettifyError(parsed.error)}`);
    const properties = parsed.data;
    const fn = find(stack, "AWS::Lambda::Function", properties.FunctionName, resource);
    const streamArn = properties.EventSourceArn;
    const table = tableResources(stack).find(({ name }) => streamArn.includes(`:table/${name}/stream/`));
    if (!table || !Object.hasOwn(table.properties as object, "StreamSpecification"))
      throw new Error(`The mapping ${resource.id} reads ${streamArn}, but no table has that stream.`);
    const destination = properties.DestinationConfig?.OnFailure.Destination;
    const queue = destination && find(stack, "AWS::SQS::Queue", destination, resource);
    const actions = READ_STREAM.map((action) => ({ action: `dynamodb:${action}`, resource: streamArn }));
    if (destination) actions.push({ action: "sqs:SendMessage", resource: destination });
    // Lambda does this in the function's name; where it may not, CloudFormation can't make the mapping.
    const caller = callers.get(accessKey(fn.name));
    if (caller)
      authorize(
        caller,
        actions.map((call) => ({ ...call, context: {} })),
      );
    const filters = properties.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? [];
    filters.forEach(compilePattern);
    const age = properties.MaximumRecordAgeInSeconds;
    const mapping: Mapping = {
      id: resource.id,
      table: table.name,
      streamArn,
      functionName: fn.name,
      functionArn: `arn:aws:lambda:${stack.region}:${stack.account}:function:${fn.name}`,
      batchSize: properties.BatchSize,
      windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
      bisects: properties.BisectBatchOnFunctionError,
      reportsFailures: properties.FunctionResponseTypes.length > 0,
      retries:
        properties.MaximumRetryAttempts < 0 ? Number.POSITIVE_INFINITY : properties.MaximumRetryAttempts,
      maxAgeMs: 1000 * (age < 0 ? STREAM_LIFE_SECONDS : age),
      start: properties.StartingPosition,
      filters,
      failureQueue: queue ? queue.name : undefined,
    };
    return properties.Enabled ? [mapping] : [];
  });
}

function find(stack: Stack, type: string, reference: string, { id }: Resource): Resource {
  const found = stack.find(type, reference);
  if (found?.type === type) return found;
  throw new Error(`The local run finds no ${type} for ${id}: ${reference}.`);
}
