/** Hands a batch of a stream's records to a function until it is handled or given up, as an event source mapping does. */
import { z } from "zod";
import type { Mapping } from "./event-source.ts";
import type { Read } from "./table-stream.ts";
import type { Result } from "./worker.ts";

export type BatchHost = {
  now(): number;
  /** Waits for so many milliseconds of the run's clock; throws when the mapping ends. */
  wait(ms: number): Promise<void>;
  invoke(functionName: string, event: unknown): Promise<Result>;
  giveUp(message: unknown): void;
};

const Answer = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.unknown() })).nullish() })
  .nullish();

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 60_000;

export async function deliver(mapping: Mapping, batch: readonly Read[], host: BatchHost): Promise<void> {
  return attempt(batch, 0);

  async function attempt(records: readonly Read[], retries: number): Promise<void> {
    const fresh = records.filter(({ record }) => ageOf(record) <= mapping.maxAgeMs);
    if (fresh.length < records.length) {
      giveUp(
        "RecordAgeExceeded",
        records.filter((read) => !fresh.includes(read)),
        retries,
      );
      return fresh.length > 0 ? attempt(fresh, retries) : undefined;
    }
    const result = await host.invoke(mapping.functionName, { Records: records.map(({ record }) => record) });
    const left = leftOf(result, records);
    if (left.length === 0) return;
    // Splitting is no retry. A batch whose first record is reported is split like one that failed as a whole.
    if (mapping.bisects && left.length < records.length) return attempt(left, retries);
    if (mapping.bisects && records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      await attempt(records.slice(0, middle), retries);
      return attempt(records.slice(middle), retries);
    }
    if (retries >= mapping.retries) return giveUp("RetryAttemptsExhausted", left, retries + 1);
    await host.wait(Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS));
    return attempt(left, retries + 1);
  }

  /** What of the records is still to be handled: all from the first one on that failed. */
  function leftOf({ failed, payload }: Result, records: readonly Read[]): readonly Read[] {
    if (failed) return records;
    if (!mapping.reportsFailures) return [];
    const answer = Answer.safeParse(JSON.parse(payload));
    const failures = answer.data?.batchItemFailures ?? [];
    if (failures.length === 0) return [];
    const numbers = records.map(({ record }) => record.dynamodb.SequenceNumber);
    const positions = failures.map(({ itemIdentifier }) => numbers.indexOf(String(itemIdentifier)));
    // An identifier that no record has: the whole batch counts as failed.
    return records.slice(Math.max(0, Math.min(...positions)));
  }

  function ageOf({ dynamodb }: Read["record"]): number {
    return host.now() - dynamodb.ApproximateCreationDateTime * 1000;
  }

  /** Tells where in the stream they are, as Lambda does; not what they hold. */
  function giveUp(condition: string, records: readonly Read[], invocations: number): void {
    const [first, last] = [records[0], records.at(-1)];
    if (!first || !last) return;
    const timeOf = ({ record }: Read) =>
      new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();
    host.giveUp({
      version: "1.0",
      timestamp: new Date(host.now()).toISOString(),
      requestContext: { functionArn: mapping.functionArn, condition, approximateInvokeCount: invocations },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      DDBStreamBatchInfo: {
        shardId: first.shard,
        startSequenceNumber: first.record.dynamodb.SequenceNumber,
        endSequenceNumber: last.record.dynamodb.SequenceNumber,
        approximateArrivalOfFirstRecord: timeOf(first),
        approximateArrivalOfLastRecord: timeOf(last),
        batchSize: records.length,
        streamArn: mapping.streamArn,
      },
    });
  }
}
