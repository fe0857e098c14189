/** Reads a table's stream from the engine, all of its shards, from where one stopped. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { engineClient, signCall } from "./engine-client.ts";

/** A record as the stream gives it and as Lambda hands it on. */
export type StreamRecord = {
  eventID: string;
  eventName: "INSERT" | "MODIFY" | "REMOVE";
  awsRegion: string;
  eventSourceARN: string;
  dynamodb: { SequenceNumber: string; ApproximateCreationDateTime: number; [member: string]: unknown };
};
export type Read = { shard: string; record: StreamRecord };

/** The last sequence number that was read of each shard, in the stream with this ARN. */
export type Position = { stream: string; shards: Record<string, string> };

type Shards = { StreamDescription: { Shards: { ShardId: string }[] } };
type Records = { Records: StreamRecord[]; NextShardIterator?: string };

/** The stream that the table has, and its shards; looked up anew when it is that old. */
type Known = { stream: string; shards: string[]; at: number };
const KNOWN_MS = 2_000;

export type TableStream = {
  /** The position before the first record, or after the last one. */
  from(start: "TRIM_HORIZON" | "LATEST"): Promise<Position>;
  /** Reads some of what comes after a position, and answers how far it came. */
  read(after: Position): Promise<{ records: Read[]; position: Position }>;
  close(): void;
};

export function tableStream(table: string, engineUrl: () => Promise<string>, region: string): TableStream {
  let signing: DynamoDBClient | undefined;
  let known: Known | undefined;
  /** Where the last read of each shard stopped, so that the next one is a single call. */
  const iterators = new Map<string, { after: string | undefined; iterator: string }>();

  async function call<Output>(operation: string, input: object): Promise<Output> {
    const isStreams = operation !== "DescribeTable";
    const engine = await engineUrl();
    const onAws = engine.startsWith("https:");
    const url = new URL(onAws && isStreams ? engine.replace("//dynamodb.", "//streams.dynamodb.") : engine);
    const target = `${isStreams ? "DynamoDBStreams_20120810" : "DynamoDB_20120810"}.${operation}`;
    const body = Buffer.from(JSON.stringify(input));
    signing ??= engineClient(engine, region);
    const headers = await signCall(signing, url, target, body);
    const response = await fetch(url, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
    return (await response.json()) as Output;
  }

  async function lookUp(): Promise<Known> {
    if (known && performance.now() - known.at < KNOWN_MS) return known;
    type Table = { Table: { LatestStreamArn?: string } };
    const { Table } = await call<Table>("DescribeTable", { TableName: table });
    const stream = Table.LatestStreamArn ?? "";
    const { StreamDescription } = await call<Shards>("DescribeStream", { StreamArn: stream });
    const shards = StreamDescription.Shards.map(({ ShardId }) => ShardId);
    known = { stream, shards, at: performance.now() };
    return known;
  }

  async function iteratorAt(StreamArn: string, ShardId: string, after: string | undefined): Promise<string> {
    const kept = iterators.get(ShardId);
    iterators.delete(ShardId);
    if (kept && kept.after === after) return kept.iterator;
    const where =
      after === undefined
        ? { ShardIteratorType: "TRIM_HORIZON" }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after };
    const input = { StreamArn, ShardId, ...where };
    return (await call<{ ShardIterator: string }>("GetShardIterator", input)).ShardIterator;
  }

  async function readAll({ shards: from }: Position): Promise<{ records: Read[]; position: Position }> {
    const records: Read[] = [];
    const shards = { ...from };
    const { stream, shards: all } = await lookUp();
    for (const shard of all) {
      const ShardIterator = await iteratorAt(stream, shard, shards[shard]);
      const { Records, NextShardIterator: iterator } = await call<Records>("GetRecords", { ShardIterator });
      records.push(...Records.map((record) => ({ shard, record })));
      const after = Records.at(-1)?.dynamodb.SequenceNumber ?? shards[shard];
      if (after) shards[shard] = after;
      // A shard that has ended has others after it.
      if (iterator) iterators.set(shard, { after, iterator });
      else known = undefined;
    }
    return { records, position: { stream, shards } };
  }

  return {
    async from(start) {
      const first = { stream: (await lookUp()).stream, shards: {} };
      if (start === "TRIM_HORIZON") return first;
      for (let at: Position = first; ; ) {
        const { records, position } = await readAll(at);
        if (records.length === 0) return position;
        at = position;
      }
    },
    async read(after) {
      try {
        const { stream } = await lookUp();
        return await readAll(stream === after.stream ? after : { stream, shards: {} });
      } catch (error) {
        known = undefined;
        iterators.clear();
        throw error;
      }
    },
    close: () => signing?.destroy(),
  };
}
