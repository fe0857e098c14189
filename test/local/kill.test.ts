/** A run killed at any moment, a hundred times: the next one always starts, and has what was acknowledged. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, expect, it, vi } from "vitest";
import { takeOver } from "../../infra/local/state.ts";
import { temporaryFolder, writeAssembly } from "./assembly.ts";
import { request, withDynamoDb } from "./local-run.ts";

const folder = temporaryFolder();
const stateDir = join(folder.path, "state");
const assembly = writeAssembly(folder.path, {
  functions: {
    Write:
      withDynamoDb(`await call("PutItem", { Item: { pk: { S: "A" }, sk: { S: event.pathParameters.id } } });
      return { statusCode: 200 };`),
    Read: withDynamoDb(`const input = { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "A" } } };
      return (await call("Query", { ...input, ConsistentRead: true })).Items.map(({ sk }) => sk.S);`),
  },
  routes: { "PUT /items/{id}": "Write", "GET /items": "Read" },
});
afterAll(async () => {
  await takeOver(stateDir);
  folder.remove();
});

const KILLS = 100;
/** Less than a start takes: they are killed while they start. */
const LONGEST_MS = 250;
/** Every so manyth one is killed while it serves. */
const SERVING = 10;

const acknowledged: string[] = [];
/** Writes until the run is gone. */
async function write(url: string, prefix: string): Promise<void> {
  for (let n = 0; ; n++) {
    const answer = await request(`${url}/items/${prefix}${n}`, { method: "PUT" });
    if (answer.status === 200) acknowledged.push(`${prefix}${n}`);
  }
}

function start(): { child: ChildProcess; url: Promise<string>; errors: string[] } {
  const script = join(import.meta.dirname, "child.ts");
  const child = spawn(process.execPath, [script, assembly, stateDir], { stdio: ["ignore", "pipe", "pipe"] });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
  const lines = createInterface({ input: child.stdout });
  const url = new Promise<string>((resolve, reject) => {
    lines.once("line", (line) => resolve(JSON.parse(line).url));
    lines.once("close", () => reject(new Error("killed before it was ready")));
  });
  return { child, url, errors };
}

it("a run killed at any moment, a hundred times: the next one always starts", {
  timeout: 150_000,
}, async () => {
  const seed = Date.now() % 2 ** 31;
  const moments = fc.sample(fc.nat(LONGEST_MS), { numRuns: KILLS, seed });
  for (const [number, moment] of moments.entries()) {
    const { child, url, errors } = start();
    const served = url.then((found) => write(found, `${number}-`)).catch(() => {});
    if (number % SERVING === 0)
      await vi.waitFor(() => expect(acknowledged.at(-1)).toMatch(new RegExp(`^${number}-`)), 10_000);
    else await pause(moment);
    expect([child.exitCode, errors], `kill ${number} after ${moment} ms, seed ${seed}`).toEqual([null, []]);
    child.kill("SIGKILL");
    await once(child, "exit");
    await served;
  }
  expect(acknowledged.length).toBeGreaterThan(0);
  const last = start();
  const items = await request(`${await last.url}/items`);
  expect(items.json(), `seed ${seed}`).toEqual(expect.arrayContaining(acknowledged));
  // Each start has ended what the one before it left; but for an engine whose run died before it had noted it.
  if (process.platform === "linux") expect(enginesOfRun()).toBeLessThan(KILLS / 20);
  last.child.kill("SIGKILL");
});

/** How many engines live on this state folder. */
function enginesOfRun(): number {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(join(stateDir, "data"));
    } catch {
      return false;
    }
  }).length;
}
