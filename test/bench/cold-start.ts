import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { root } from "../../infra/bundle.ts";
import { openRuntimeApi, type RuntimeApi } from "../../infra/local/runtime-api.ts";

/** One cold start, from the spawn of its process. */
export interface ColdStart {
  /** Until it asks for its first event: Node.js, the runtime and the bundle are loaded. */
  readonly readyMs: number;
  readonly answerMs: number;
  /** What a second request takes, warm: the first one's answer without it is what being cold costs. */
  readonly againMs: number;
  /** User and system time of the whole process. */
  readonly cpuMs: number;
  /** Node.js' modules that were loaded by then (process.moduleLoadList). */
  readonly modules: readonly string[];
  readonly answer: { readonly statusCode?: number; readonly errorMessage?: string };
}

/** Starts functions cold, each in a fresh process on the local run's Runtime-API client. */
export interface Starter {
  start(
    folder: string,
    env: Readonly<Record<string, string>>,
    events: readonly unknown[],
  ): Promise<ColdStart>;
  close(): Promise<void>;
}

export async function openStarter(): Promise<Starter> {
  const runtimeApi = await openRuntimeApi(() => 0);
  return {
    start: (folder, env, events) => coldStart(runtimeApi, folder, env, events),
    close: () => runtimeApi.close(),
  };
}

async function coldStart(
  runtimeApi: RuntimeApi,
  folder: string,
  env: Readonly<Record<string, string>>,
  events: readonly unknown[],
): Promise<ColdStart> {
  const worker = randomUUID();
  const asked: number[] = [];
  const answered: number[] = [];
  const answers: string[] = [];
  const began = performance.now();
  const child = spawnRuntime(worker, {
    ...env,
    AWS_LAMBDA_RUNTIME_API: runtimeApi.address,
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: "index.handler",
  });
  const report = readReport(child);
  await new Promise<void>((resolve, reject) => {
    const hear = (_id: string, payload: string) => {
      answered.push(performance.now() - began);
      answers.push(payload);
      if (answered.length === events.length) resolve();
    };
    child.once("close", () => reject(new Error(`${folder} ended before it answered`)));
    runtimeApi.register(worker, {
      next(deliver) {
        // It asks again once it has answered.
        const event = events[asked.length];
        if (event === undefined) return;
        asked.push(performance.now() - began);
        const deadline = Date.now() + 10_000;
        deliver({ id: randomUUID(), payload: JSON.stringify(event), deadline, arn: "arn:aws:lambda:bench" });
      },
      answer: hear,
      error: hear,
      initError: (payload) => reject(new Error(payload)),
    });
  });
  // The runtime ends when its input does.
  child.stdin?.end();
  const spent = await report;
  runtimeApi.forget(worker);
  const [readyMs = 0, askedAgain = 0] = asked;
  const [answerMs = 0, answeredAgain = 0] = answered;
  const [answer = "{}"] = answers;
  return { readyMs, answerMs, againMs: answeredAgain - askedAgain, answer: JSON.parse(answer), ...spent };
}

function spawnRuntime(worker: string, env: Readonly<Record<string, string>>): ChildProcess {
  const options = JSON.stringify({ worker, clockOffsetMs: 0, hosts: {} });
  const bootstrap = join(root, "infra/local/bootstrap.cjs");
  return spawn(process.execPath, ["--require", join(import.meta.dirname, "probe.cjs"), bootstrap, options], {
    env,
    stdio: ["pipe", "ignore", "inherit", "pipe"],
  });
}

async function readReport(child: ChildProcess): Promise<Pick<ColdStart, "cpuMs" | "modules">> {
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdio[3] as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
