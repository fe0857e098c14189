import { unmarshall } from "@aws-sdk/util-dynamodb";
import middy from "@middy/core";
import type {
  DynamoDBBatchResponse,
  DynamoDBStreamEvent,
  EventBridgeEvent,
  Context as LambdaContext,
} from "aws-lambda";
import { bind, type Outside } from "../operation.ts";
import type { AnyJob, BusEvent, Change } from "./job.ts";
import { describeError, log } from "./log.ts";

type JobEvent = DynamoDBStreamEvent | EventBridgeEvent<string, unknown>;
type JobHandler = (event: JobEvent, context: LambdaContext) => Promise<DynamoDBBatchResponse | undefined>;

/** Before Lambda would end the invocation there is still time to finish what was begun. */
const reserve = 500;

interface Elsewhere extends Outside {
  readonly clock?: () => number;
}

/** The Lambda entry of a job, on the table and the SES that the environment names, or on others; as is its clock. */
export function lambda(
  { handle, specification }: AnyJob,
  { clock = Date.now, ...outside }: Elsewhere = {},
): JobHandler {
  return middy<JobEvent, DynamoDBBatchResponse | undefined, Error, LambdaContext>()
    .onError(({ error, context }) => {
      log("error", { requestId: context.awsRequestId, ...describeError(error) });
    })
    .handler(async (event, { awsRequestId: requestId, getRemainingTimeInMillis }) => {
      const now = clock();
      const timeLeft = () => getRemainingTimeInMillis() - reserve;
      const uses = bind(specification.uses, { ...outside, now, timeLeft, cleared: async () => {} });
      const run = { now, timeLeft, uses };
      if ("Records" in event) {
        const changes = event.Records.map(readChange);
        const failed = (await handle({ ...run, changes } as never)) as readonly Change[];
        log("info", { requestId, changes: changes.length, failed: failed.length });
        return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
      }
      await handle({ ...run, changes: [], event: readEvent(event) } as never);
      log("info", { requestId });
      return undefined;
    });
}

function readChange({ dynamodb }: DynamoDBStreamEvent["Records"][0]): Change {
  const { SequenceNumber: id = "", OldImage, NewImage } = dynamodb ?? {};
  return {
    id,
    ...(OldImage && { before: unmarshall(OldImage as Item) }),
    ...(NewImage && { after: unmarshall(NewImage as Item) }),
  };
}

type Item = Exclude<Parameters<typeof unmarshall>[0], { readonly $unknown?: unknown }>;

function readEvent({ id, source, "detail-type": type, detail }: EventBridgeEvent<string, unknown>): BusEvent {
  return { id, source, type, detail };
}
