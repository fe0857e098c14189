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

type Shards = { StreamDescription: { Shards: { ShardId: string; ParentShardId?: string }[] } };
type Records = { Records: StreamRecord[]; NextShardIterator?: string };

export type TableStream = {
  /** The position before the first record, or after the last one. */
  from(start: "TRIM_HORIZON" | "LATEST"): Promise<Position>;
  /** Reads some of what comes after a position, and answers how far it came. */
  read(after: Position): Promise<{ records: Read[]; position: Position }>;
  close(): void;
};

export function tableStream(table: string, engineUrl: () => Promise<string>, region: string): TableStream {
  let signing: DynamoDBClient | undefined;

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

  const streamArn = async () => {
    type Table = { Table: { LatestStreamArn?: string } };
    const { Table } = await call<Table>("DescribeTable", { TableName: table });
    return Table.LatestStreamArn ?? "";
  };
  const shardsOf = async (StreamArn: string) =>
    (await call<Shards>("DescribeStream", { StreamArn })).StreamDescription.Shards;

  async function readShard(StreamArn: string, ShardId: string, after: string | undefined): Promise<Records> {
    const where =
      after === undefined
        ? { ShardIteratorType: "TRIM_HORIZON" }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after };
    const iterator = { StreamArn, ShardId, ...where };
    return call("GetRecords", await call<{ ShardIterator: string }>("GetShardIterator", iterator));
  }

  async function readAll(position: Position): Promise<{ records: Read[]; position: Position }> {
    const records: Read[] = [];
    const shards = { ...position.shards };
    for (const { ShardId: shard } of await shardsOf(position.stream)) {
      const { Records } = await readShard(position.stream, shard, shards[shard]);
      records.push(...Records.map((record) => ({ shard, record })));
      shards[shard] = Records.at(-1)?.dynamodb.SequenceNumber ?? shards[shard] ?? "";
      if (!shards[shard]) delete shards[shard];
    }
    return { records, position: { stream: position.stream, shards } };
  }

  return {
    async from(start) {
      const first = { stream: await streamArn(), shards: {} };
      if (start === "TRIM_HORIZON") return first;
      for (let at: Position = first; ; ) {
        const { records, position } = await readAll(at);
        if (records.length === 0) return position;
        at = position;
      }
    },
    async read(after) {
      const stream = await streamArn();
      return readAll(stream === after.stream ? after : { stream, shards: {} });
    },
    close: () => signing?.destroy(),
  };
}
