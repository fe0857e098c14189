/** A function as Lambda runs it: one process per concurrent invocation, started on demand, reused, ended when idle. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { FunctionConfig } from "./environment.ts";
import type { Pool } from "./pool.ts";
import { failure, type Job, type Result, type Run, startWorker, type Worker } from "./worker.ts";

export type LambdaFunction = {
  config(): FunctionConfig;
  /** Other code, limits or environment for every invocation from now on; what is running finishes on the old. */
  update(config: FunctionConfig): void;
  /** Invokes it and waits for the answer; beyond its concurrency, invocations queue. */
  invoke(payload: string): Promise<Result>;
  processes(): number;
  stop(): Promise<void>;
};

/** Lambda's limit for the payload of a synchronous invocation, and of its answer. */
const PAYLOAD_LIMIT = 6_291_556;
const isTooLarge = (payload: string) => Buffer.byteLength(payload) > PAYLOAD_LIMIT;

export const EVENT_TOO_LARGE = failure("RequestEntityTooLarge", "The event is larger than 6 MB");
const ANSWER_TOO_LARGE = failure("Function.ResponseSizeTooLarge", "The answer is larger than 6 MB");
const STOPPED = failure("Stopped", "The local run is ending");

export function lambdaFunction(first: FunctionConfig, run: Run, pool: Pool): LambdaFunction {
  let config = first;
  const waiting: Job[] = [];
  const workers = new Set<Worker>();
  /** Those of an earlier configuration, in the middle of something. */
  const outdated = new Set<Worker>();
  const starting = new Set<Worker>();
  /** Idle processes, the most recently used one last. */
  const idle = new Map<Worker, NodeJS.Timeout>();
  let stopped = () => {};
  let stopping = false;

  function assign(): void {
    for (const worker of [...idle.keys()].reverse()) {
      const job = waiting.shift();
      if (!job) return;
      wake(worker);
      worker.run(job);
    }
    pool.wanting.delete(assign);
    while (starting.size < waiting.length && workers.size - outdated.size < config.concurrency) {
      if (pool.starting.size >= pool.maxStarting) return void pool.wanting.add(assign);
      start();
    }
  }

  /** It has come up, or never will: the next one may start. */
  function started(worker: Worker): boolean {
    pool.starting.delete(worker);
    const [next] = pool.wanting;
    if (next) queueMicrotask(next);
    return starting.delete(worker);
  }

  function start(): void {
    const [endLongestIdle] = pool.idle.values();
    if (pool.all.size >= pool.maxProcesses) endLongestIdle?.();
    const worker = startWorker(config, run, { ready, ended });
    workers.add(worker);
    pool.all.add(worker);
    pool.starting.add(worker);
    starting.add(worker);
  }

  function ready(worker: Worker): void {
    started(worker);
    if (outdated.has(worker)) {
      worker.kill();
      return;
    }
    const end = () => {
      wake(worker);
      worker.kill();
    };
    idle.set(worker, setTimeout(end, pool.idleMs).unref());
    pool.idle.set(worker, end);
    assign();
  }

  /** From now on it isn't idle. */
  function wake(worker: Worker): void {
    clearTimeout(idle.get(worker));
    idle.delete(worker);
    pool.idle.delete(worker);
  }

  function ended(worker: Worker, result: Result): void {
    wake(worker);
    outdated.delete(worker);
    workers.delete(worker);
    pool.all.delete(worker);
    // A process that never came up takes one invocation with it, as a failed init does on Lambda.
    if (started(worker)) waiting.shift()?.settle(result);
    if (!stopping) assign();
    else if (workers.size === 0) stopped();
  }

  return {
    config: () => config,
    update(next) {
      if (isDeepStrictEqual(next, config)) return;
      config = next;
      for (const worker of workers) {
        outdated.add(worker);
        if (idle.has(worker) || started(worker)) worker.kill();
        wake(worker);
      }
      assign();
    },
    processes: () => workers.size,
    invoke(payload) {
      if (stopping) return Promise.resolve(STOPPED);
      if (isTooLarge(payload)) return Promise.resolve(EVENT_TOO_LARGE);
      return new Promise((resolve) => {
        const settle = (result: Result) => resolve(isTooLarge(result.payload) ? ANSWER_TOO_LARGE : result);
        waiting.push({ id: randomUUID(), payload, settle });
        assign();
      });
    },
    async stop() {
      stopping = true;
      for (const job of waiting.splice(0)) job.settle(STOPPED);
      const allEnded = new Promise<void>((resolve) => {
        stopped = resolve;
      });
      for (const worker of workers) worker.kill();
      if (workers.size > 0) await allEnded;
    },
  };
}
