/** Runs an event source mapping: reads, filters, batches, delivers, and notes how far it came (at least once). */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { deliver } from "./batch.ts";
import type { Clock } from "./clock.ts";
import type { Mapping } from "./event-source.ts";
import type { Logs } from "./logs.ts";
import { compilePattern } from "./pattern.ts";
import type { Queues } from "./queues.ts";
import type { State } from "./state.ts";
import { type Position, type Read, tableStream } from "./table-stream.ts";
import { Stopped, waiter } from "./waiter.ts";
import type { Result } from "./worker.ts";

export type PollerHost = {
  state: State;
  clock: Clock;
  logs: Logs;
  queues: Queues;
  region: string;
  engineUrl(): Promise<string>;
  invoke(functionName: string, event: unknown): Promise<Result>;
};

export type Poller = {
  mapping: Mapping;
  /** Something may have been written. */
  poke(): void;
  /** Ends it after the invocation that it is in; what that leaves comes again with the next start. */
  stop(): Promise<void>;
};

const Noted = z.object({ stream: z.string(), shards: z.record(z.string(), z.string()) });
/** How often it looks without having been told that something was written. */
const LOOK_MS = 2_000;
const FAILED_MS = 200;

/** Starts once the poller before it, of the same mapping, has ended. */
export function startPoller(mapping: Mapping, host: PollerHost, previous = Promise.resolve()): Poller {
  const { state, clock, logs, queues, invoke } = host;
  const file = `data/stream-${mapping.id}.json`;
  const stream = tableStream(mapping.table, host.engineUrl, host.region);
  const patterns = mapping.filters.map(compilePattern);
  const isWanted = (record: Read["record"]) =>
    patterns.length === 0 || patterns.some((matches) => matches(record));
  const waiting = waiter(clock);

  const batchHost = {
    now: clock.now,
    wait: (ms: number) => waiting.wait(ms),
    async invoke(functionName: string, event: unknown) {
      const result = await invoke(functionName, event);
      waiting.check();
      return result;
    },
    giveUp(message: unknown) {
      if (mapping.failureQueue) queues.send(mapping.failureQueue, message);
    },
  };

  /** As the template and the run's clock have it, whatever the engine says. */
  function localise({ shard, record }: Read): Read {
    const created = record.dynamodb.ApproximateCreationDateTime + clock.offsetMs() / 1000;
    const dynamodb = { ...record.dynamodb, ApproximateCreationDateTime: created };
    return {
      shard,
      record: { ...record, eventSourceARN: mapping.streamArn, awsRegion: host.region, dynamodb },
    };
  }

  async function run(): Promise<void> {
    waiting.check();
    const noted = Noted.safeParse(state.read(file));
    /** Up to where all is handled, and up to where all is read. */
    let handled: Position = noted.success ? noted.data : await stream.from(mapping.start);
    let cursor = handled;
    const note = (position: Position) => {
      handled = position;
      state.write(file, handled);
    };
    note(handled);
    const batch: Read[] = [];
    let since = 0;
    for (;;) {
      waiting.check();
      waiting.rearm();
      if (batch.length === 0) since = clock.now();
      const before = cursor;
      if (batch.length < mapping.batchSize) {
        const { records, position } = await stream.read(cursor);
        cursor = position;
        batch.push(...records.map(localise).filter(({ record }) => isWanted(record)));
      }
      const left = since + mapping.windowMs - clock.now();
      if (batch.length >= mapping.batchSize || (batch.length > 0 && left <= 0)) {
        const next = batch.splice(0, mapping.batchSize);
        await deliver(mapping, next, batchHost);
        note(batch.length === 0 ? cursor : after(handled, next));
        since = clock.now();
      } else if (isDeepStrictEqual(cursor, before)) {
        if (batch.length === 0 && !isDeepStrictEqual(cursor, handled)) note(cursor);
        await waiting.wait(batch.length > 0 ? Math.min(left, LOOK_MS) : LOOK_MS, true);
      }
    }
  }

  async function keepRunning(): Promise<void> {
    for (;;)
      try {
        await run();
      } catch (error) {
        if (error instanceof Stopped) return;
        // The engine was killed in the middle: it is started again, and so is this.
        const text = `${mapping.id}: ${(error as Error).message}; going on.`;
        logs.write({ source: "streams", text, error: false });
        await waiting.wait(FAILED_MS).catch(() => {});
      }
  }
  const ended = previous.then(keepRunning).finally(stream.close);

  return {
    mapping,
    poke: waiting.poke,
    stop() {
      waiting.stop();
      return ended;
    },
  };
}

function after({ stream, shards }: Position, records: readonly Read[]): Position {
  const numbers = records.map(({ shard, record }) => [shard, record.dynamodb.SequenceNumber] as const);
  return { stream, shards: { ...shards, ...Object.fromEntries(numbers) } };
}
