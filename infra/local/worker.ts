/** One process of a function: it starts, runs one invocation at a time, and ends. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Clock } from "./clock.ts";
import type { FunctionConfig } from "./environment.ts";
import type { Logs } from "./logs.ts";
import type { Invocation, RuntimeApi } from "./runtime-api.ts";
import type { State } from "./state.ts";

/** What Lambda answers to Invoke. `failed` is its FunctionError: the payload then tells errorType and errorMessage. */
export type Result = { payload: string; failed: boolean; invocation?: Invoked };
/** Its id, and whether a process started for it. */
export type Invoked = { id: string; cold: boolean };
export type Job = { id: string; payload: string; settle(result: Result): void };

export type Run = {
  state: State;
  logs: Logs;
  runtimeApi: RuntimeApi;
  clock: Clock;
  /** Origins that functions find in the run. */
  hosts: Record<string, string>;
};

export type Worker = { run(job: Job): void; kill(): void };
type Events = { ready(worker: Worker): void; ended(worker: Worker, failure: Result): void };

const INIT_LIMIT_MS = 10_000;
/** The share of a function's memory that is V8's heap. */
const HEAP = 0.9;

export const failure = (errorType: string, errorMessage: string): Result => ({
  payload: JSON.stringify({ errorType, errorMessage }),
  failed: true,
});

export function startWorker(
  fn: FunctionConfig,
  { state, logs, runtimeApi, ...run }: Run,
  events: Events,
): Worker {
  const name = randomUUID();
  const { hosts } = run;
  const log = (text: string, error: boolean) => logs.write({ source: fn.name, text, error });
  let job: (Job & { startedAt: number }) | undefined;
  let deliver: ((invocation: Invocation) => void) | undefined;
  let initialised = false;
  let cold = true;
  let lastWords: Result | undefined;
  let timer = setTimeout(() => expire("Sandbox.Timedout", "INIT timed out after 10 seconds"), INIT_LIMIT_MS);

  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${Math.floor(fn.memoryMb * HEAP)}`,
      join(import.meta.dirname, "bootstrap.cjs"),
      JSON.stringify({ worker: name, clockOffsetMs: run.clock.offsetMs(), hosts }),
    ],
    // A process group of its own, lest Ctrl-C reach it before the run does.
    { env: fn.env, cwd: fn.taskRoot, detached: process.platform !== "win32", windowsHide: true },
  );
  const { pid } = child;
  if (pid) state.started(pid, fn.name);
  createInterface({ input: child.stdout }).on("line", (line) => log(line, false));
  createInterface({ input: child.stderr }).on("line", (line) => log(line, true));

  const worker: Worker = {
    run(next) {
      const deadline = Date.now() + fn.timeoutMs;
      job = { ...next, startedAt: performance.now() };
      const seconds = (fn.timeoutMs / 1000).toFixed(2);
      timer = setTimeout(
        () => expire("Sandbox.Timedout", `Task timed out after ${seconds} seconds`),
        fn.timeoutMs,
      );
      deliver?.({ id: next.id, payload: next.payload, deadline, arn: fn.arn });
    },
    kill: () => void child.kill("SIGKILL"),
  };

  function expire(errorType: string, message: string): void {
    log(`${job ? `${job.id} ` : ""}${message}`, true);
    lastWords = failure(errorType, job ? `RequestId: ${job.id} Error: ${message}` : message);
    worker.kill();
  }

  function settle(result: Result): void {
    if (!job) return;
    clearTimeout(timer);
    const { id, startedAt, settle } = job;
    job = undefined;
    const invocation = { id, cold };
    cold = false;
    log(`REPORT RequestId: ${id} Duration: ${(performance.now() - startedAt).toFixed(2)} ms`, false);
    settle({ ...result, invocation });
  }

  runtimeApi.register(name, {
    next(send) {
      if (!initialised) clearTimeout(timer);
      initialised = true;
      deliver = send;
      events.ready(worker);
    },
    answer: (id, payload) => id === job?.id && settle({ payload, failed: false }),
    error: (id, payload) => id === job?.id && settle({ payload, failed: true }),
    initError(payload) {
      lastWords = { payload, failed: true };
    },
  });

  child.on("error", (error) => log(`The process could not be started: ${error.message}`, true));
  child.on("close", (code, signal) => {
    clearTimeout(timer);
    runtimeApi.forget(name);
    if (pid) state.ended(pid);
    const exit = signal ? `signal: ${signal}` : `exit status ${code}`;
    if (job && !lastWords) log(`${job.id} Runtime exited with error: ${exit}`, true);
    const result = lastWords ?? failure("Runtime.ExitError", `Runtime exited with error: ${exit}`);
    settle(result);
    events.ended(worker, result);
  });
  return worker;
}
