/** The command line of `npm start`: what it refuses, and how it says so. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { close, listen } from "../../infra/local/http.ts";
import { startTime } from "../../infra/local/processes.ts";
import { takeOver } from "../../infra/local/state.ts";
import { temporaryFolder, writeAssembly } from "./assembly.ts";
import { ECHO, request } from "./local-run.ts";

const SCRIPT = join(import.meta.dirname, "../../infra/local/start.ts");
const folder = temporaryFolder();
const started: ChildProcess[] = [];
afterAll(async () => {
  for (const child of started) child.kill("SIGKILL");
  await takeOver(join(folder.path, ".local"));
  folder.remove();
});

const small = () =>
  writeAssembly(folder.path, { functions: { Echo: ECHO }, routes: { "GET /users/me": "Echo" } });

/** Starts it on a small assembly and waits until it is ready. */
async function ready(port = "0") {
  const args = [SCRIPT, "--assembly", small(), "--port", port];
  const child = spawn(process.execPath, args, { cwd: folder.path, stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  let screen = "";
  for await (const line of createInterface({ input: child.stdout })) {
    screen += `${line}\n`;
    if (line.includes("Ctrl-C")) break;
  }
  const [, curlHeader = "", curlUrl = ""] = /curl -H "Authorization: (.+)" (\S+)/.exec(screen) ?? [];
  return { child, screen, curlHeader, curlUrl };
}

async function npmStart(...args: string[]) {
  return npmStartWith({}, ...args);
}

async function npmStartWith(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    cwd: folder.path,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise((resolve) => child.once("exit", resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await exit, out, error };
}

it("the port taken: names it, and the way out", async () => {
  const server = createServer();
  const port = await listen(server);
  const { code, error } = await npmStart("--port", String(port));
  expect([code, error]).toEqual([1, expect.stringContaining(`Port ${port} is taken`)]);
  expect(error).toContain(`--port ${port + 1}`);
  await close(server);
});

it.each([
  [["--prot", "1"], "--prot"],
  [["--port", "many"], "--port wants a number"],
  [["--port", "99999"], "--port wants a number"],
  [["extra"], "extra"],
])("refuses %j with the options that there are", async (args, word) => {
  const { code, error } = await npmStart(...args);
  expect([code, error]).toEqual([1, expect.stringContaining(word)]);
  expect(error).toContain("--fresh");
});

it("--help", async () => {
  expect(await npmStart("--help")).toMatchObject({ code: 0, out: expect.stringContaining("--fresh") });
});

it("prints a curl that works; Ctrl-C ends every process within 2 s", async () => {
  const { child, curlHeader, curlUrl } = await ready();
  const { status, text } = await request(curlUrl, { headers: { Authorization: curlHeader } });
  expect([status, JSON.parse(text).headers.authorization]).toEqual([200, curlHeader]);
  const noted = JSON.parse(readFileSync(join(folder.path, ".local/processes.json"), "utf8")) as {
    pid: number;
  }[];
  expect(noted.length).toBe(3);
  const asked = performance.now();
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(performance.now() - asked).toBeLessThan(2_000);
  expect(noted.map(({ pid }) => startTime(pid))).toEqual([undefined, undefined, undefined]);
});

it("a second start takes over from the first", async () => {
  const first = await ready();
  const ended = once(first.child, "exit");
  const second = await ready();
  expect(await ended).toEqual([null, "SIGKILL"]);
  expect(second.screen).toContain(
    `ended what was left of the last run: the run (process ${first.child.pid})`,
  );
  expect((await request(second.curlUrl)).status).toBe(200);
  second.child.kill("SIGINT");
  await once(second.child, "exit");
});

it("a second start takes over the port of the first as well", async () => {
  const first = await ready();
  const { origin, port } = new URL(first.curlUrl);
  const second = await ready(port);
  expect(second.curlUrl).toBe(`${origin}/users/me`);
  expect((await request(second.curlUrl)).status).toBe(200);
  second.child.kill("SIGINT");
  await once(second.child, "exit");
});

describe("a second start that is refused leaves the first one running", () => {
  let first: Awaited<ReturnType<typeof ready>>;
  let other: Server;
  let taken: string;
  beforeAll(async () => {
    first = await ready();
    other = createServer();
    taken = String(await listen(other));
  });
  afterAll(async () => {
    first.child.kill("SIGINT");
    await Promise.all([once(first.child, "exit"), close(other)]);
  });

  it.each<[why: string, word: string, args: () => string[], env?: Record<string, string>]>([
    ["its port is another program's", "is taken", () => ["--assembly", small(), "--port", taken]],
    ["its options are wrong", "--prot", () => ["--prot", "1"]],
    ["there is no assembly", "manifest.json", () => ["--assembly", "nowhere", "--port", "0"]],
    [
      "the engine that it is given doesn't answer",
      "Nothing answers at DYNAMODB_ENDPOINT=http://localhost:1.",
      () => ["--assembly", small(), "--port", "0"],
      { DYNAMODB_ENDPOINT: "http://localhost:1" },
    ],
  ])("because %s", async (_, word, args, env = {}) => {
    const { code, error } = await npmStartWith(env, ...args());
    expect([code, error]).toEqual([1, expect.stringContaining(word)]);
    expect((await request(first.curlUrl)).status).toBe(200);
  });
});
