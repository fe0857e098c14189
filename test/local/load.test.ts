/** Two thousand requests over fifty functions: no error, bounded memory, and idle processes end. */
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { startTime } from "../../infra/local/processes.ts";
import { startMini } from "./local-run.ts";

const FUNCTIONS = 50;
const REQUESTS = 2_000;
const CONCURRENCY = 20;
/** The most that this run keeps; an idle one that makes room for another is counted until it is gone. */
const LIMIT = 80;
const PROCESSES = LIMIT + CONCURRENCY;
/** Longer than a function is left alone while requests come in. */
const IDLE_MS = 4_000;
const SOURCE = "exports.handler = async (event) => ({ statusCode: 200, body: String(process.pid) });";

it("2,000 requests over 50 functions at concurrency 20: no error, memory bounded, idle processes end", {
  timeout: 120_000,
}, async () => {
  const names = Array.from({ length: FUNCTIONS }, (_, n) => `F${n}`);
  const local = await startMini(
    {
      functions: Object.fromEntries(names.map((name) => [name, SOURCE])),
      routes: Object.fromEntries(names.map((name) => [`GET /${name}`, name])),
    },
    { idleMs: IDLE_MS, maxProcesses: LIMIT },
  );
  const processes = () => [...local.functions.values()].reduce((sum, fn) => sum + fn.processes(), 0);
  const statuses = new Map<number, number>();
  const pids = new Set<number>();
  const order = fc.sample(fc.nat(FUNCTIONS - 1), { numRuns: REQUESTS, seed: 1 });
  let most = 0;
  let memory = 0;
  const before = process.memoryUsage().rss;
  const client = async () => {
    for (let next = order.pop(); next !== undefined; next = order.pop()) {
      const { status, text } = await local.request(`/F${next}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      pids.add(Number(text));
      most = Math.max(most, processes());
      memory = Math.max(memory, process.memoryUsage().rss);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  expect([...statuses]).toEqual([[200, REQUESTS]]);
  expect(most).toBeLessThanOrEqual(PROCESSES);
  expect(memory - before).toBeLessThan(150 * 1024 * 1024);
  await vi.waitFor(() => expect(processes()).toBe(0), { timeout: 15_000, interval: 100 });
  expect([...pids].filter((pid) => startTime(pid) !== undefined)).toEqual([]);
  await local.remove();
});
