/** What a run survives: `kill -9` of itself and of the engine, in the middle of writes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTime } from "../../infra/local/processes.ts";
import { takeOver } from "../../infra/local/state.ts";
import { temporaryFolder, writeAssembly } from "./assembly.ts";
import { request, withDynamoDb } from "./local-run.ts";

const functions = {
  Write: withDynamoDb(`const { id } = event.pathParameters;
    await call("PutItem", { Item: { pk: { S: "ITEM" }, sk: { S: id } } });
    return { statusCode: 200 };`),
  Read: withDynamoDb(`const input = { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "ITEM" } } };
    return (await call("Query", { ...input, ConsistentRead: true })).Items.map(({ sk }) => sk.S);`),
};
const folder = temporaryFolder();
const stateDir = join(folder.path, "state");
let assembly: string;
beforeAll(() => {
  assembly = writeAssembly(folder.path, {
    functions,
    routes: { "PUT /items/{id}": "Write", "GET /items": "Read" },
  });
});
afterAll(async () => {
  await takeOver(stateDir);
  folder.remove();
});

type Started = { url: string; engine: number; process: ChildProcess };

/** Starts a run in a process of its own. */
async function start(): Promise<Started> {
  const script = join(import.meta.dirname, "child.ts");
  const child = spawn(process.execPath, [script, assembly, stateDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { ...JSON.parse(line), process: child };
}

/** The processes that the run has noted in its state folder. */
const noted = () =>
  JSON.parse(readFileSync(join(stateDir, "processes.json"), "utf8")) as {
    pid: number;
    started: string;
    what: string;
  }[];

/** Writes from four clients until `done`; answers what was acknowledged. */
function writeMany(url: string, prefix: string) {
  const acknowledged: string[] = [];
  let done = false;
  const writer = async (client: number) => {
    for (let n = 0; !done; n++) {
      const id = `${prefix}-${client}-${n}`;
      const answer = await request(`${url}/items/${id}`, { method: "PUT" }).catch(() => undefined);
      if (answer?.status === 200) acknowledged.push(id);
    }
  };
  const writers = Promise.all(Array.from({ length: 4 }, (_, client) => writer(client)));
  const atLeast = (count: number) =>
    vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(count), 10_000);
  const stop = () => {
    done = true;
    return writers;
  };
  return { acknowledged, atLeast, stop };
}

describe("kill -9 in the middle of writes", { timeout: 30_000 }, () => {
  it("of the engine: it is started again, nothing acknowledged is lost", async () => {
    const run = await start();
    const writes = writeMany(run.url, "engine");
    await writes.atLeast(30);
    process.kill(run.engine, "SIGKILL");
    await writes.atLeast(writes.acknowledged.length + 30);
    await writes.stop();
    const items = (await request(`${run.url}/items`)).json();
    expect(items).toEqual(expect.arrayContaining(writes.acknowledged));
    run.process.kill("SIGKILL");
  });

  it("of the run, and of run and engine: the functions' processes end, the next start has all that was acknowledged", async () => {
    const acknowledged: string[] = [];
    for (const victims of ["run", "run and engine"]) {
      const run = await start();
      const writes = writeMany(run.url, victims);
      await writes.atLeast(30);
      const processes = noted();
      run.process.kill("SIGKILL");
      if (victims === "run and engine") process.kill(run.engine, "SIGKILL");
      await writes.stop();
      acknowledged.push(...writes.acknowledged);
      const left = () =>
        processes.filter(({ pid, started, what }) => what.startsWith("Mini-") && startTime(pid) === started);
      expect(processes.length).toBeGreaterThan(2);
      await vi.waitFor(() => expect(left()).toEqual([]), 5_000);
    }
    const next = await start();
    expect((await request(`${next.url}/items`)).json()).toEqual(expect.arrayContaining(acknowledged));
    next.process.kill("SIGKILL");
  });
});

describe("take-over", { timeout: 30_000 }, () => {
  it("after a kill -9 of npm, which leaves the run: ends run and engine, and no stranger with a pid of them", async () => {
    const run = await start();
    const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const strange = { pid: stranger.pid, started: "another time", what: "the run" };
    writeFileSync(join(stateDir, "processes.json"), JSON.stringify([...noted(), strange]));
    const left = [`the run (process ${run.process.pid})`, `engine (process ${run.engine})`];
    expect(await takeOver(stateDir)).toEqual(left);
    expect(startTime(run.engine)).toBeUndefined();
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  it("starts on whatever a kill may have left in the files", async () => {
    for (const file of ["processes.json", "clock.json", "issuer-key.json", "processes.json.new"])
      writeFileSync(join(stateDir, file), '[{"pid"');
    const run = await start();
    expect((await request(`${run.url}/items`)).status).toBe(200);
    run.process.kill("SIGKILL");
  });
});
