/** Live edits, on a copy of the project: code at the next request, `uses` and routes by a new synthesis. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { root } from "../../infra/bundle.ts";
import { assembly } from "../build.ts";
import { temporaryFolder } from "./assembly.ts";
import { request } from "./local-run.ts";

const folder = temporaryFolder();
const project = join(folder.path, "project");
let child: ChildProcess;
let url = "";
const lines: string[] = [];
const said = () => lines.join("\n");

beforeAll(async () => {
  for (const name of [
    "functions",
    "shared",
    "infra",
    ".build/functions",
    ".build/inputs.json",
    ".build/metafile.json",
  ])
    cpSync(join(root, name), join(project, name), { recursive: true });
  // What the tests' own build has synthesised of the same sources: it is the edits that are to be synthesised here.
  cpSync(assembly, join(project, ".build/assembly"), { recursive: true });
  for (const name of ["cdk.json", "package.json", "package-lock.json"])
    cpSync(join(root, name), join(project, name));
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  child = spawn(process.execPath, ["infra/local/start.ts", "--port", "0"], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: child.stdout as NonNullable<ChildProcess["stdout"]> }).on("line", (line) =>
    lines.push(line),
  );
  await vi.waitFor(() => expect(said()).toContain("Ctrl-C"), { timeout: 110_000, interval: 50 });
  url = /http:\/\/localhost:\d+/.exec(said())?.[0] ?? "";
}, 120_000);
afterAll(async () => {
  child.kill("SIGINT");
  await once(child, "exit");
  folder.remove();
});

const HEALTH = join(project, "functions/health.ts");
const health = readFileSync(join(root, "functions/health.ts"), "utf8");
const saying = (word: string) => health.replaceAll('"ok"', JSON.stringify(word));
const answer = async (path = "/health") => (await request(url + path)).text;

it("ten edits of a function in ten seconds, one of them a syntax error: the error is shown, the last good code serves, the next save heals it", async () => {
  const began = performance.now();
  for (let edit = 1; edit <= 10; edit++) {
    const isBroken = edit === 5;
    writeFileSync(HEALTH, isBroken ? `${saying("broken")} }{` : saying(`edit ${edit}`));
    // The change is noticed at once, by the time of the next request.
    await pause(20);
    expect(await answer()).toBe(`{"status":"edit ${isBroken ? edit - 1 : edit}"}`);
    if (isBroken) {
      expect(said()).toContain("the edit can't be bundled; the last good code goes on serving");
      expect(said()).toContain("functions/health.ts:");
    }
  }
  expect(performance.now() - began).toBeLessThan(10_000);
}, 30_000);

it("a file goes on being live after it was saved by renaming, and so does one in a folder that has just come", async () => {
  for (const how of ["written", "renamed", "written", "renamed", "renamed", "written"]) {
    const word = `${how} ${Math.random()}`;
    const target = how === "renamed" ? `${HEALTH}.new` : HEALTH;
    writeFileSync(target, saying(word));
    if (how === "renamed") renameSync(target, HEALTH);
    await pause(20);
    expect(await answer()).toBe(JSON.stringify({ status: word }));
  }
  const words = join(project, "shared/words");
  const imported = `import { word } from "../shared/words/word.ts";\n${health.replaceAll('"ok"', "word")}`;
  for (const word of ["one", "two"]) {
    mkdirSync(words);
    writeFileSync(join(words, "word.ts"), `export const word = ${JSON.stringify(word)};`);
    writeFileSync(HEALTH, imported);
    await pause(40);
    expect(await answer()).toBe(JSON.stringify({ status: word }));
    writeFileSync(join(words, "word.ts"), `export const word = "${word} more";`);
    await pause(40);
    expect(await answer()).toBe(JSON.stringify({ status: `${word} more` }));
    writeFileSync(HEALTH, saying("between"));
    rmSync(words, { recursive: true });
    await pause(40);
    expect(await answer()).toBe('{"status":"between"}');
  }
});

it("an edit of a route is live after a new synthesis, on the same port, data and clock", async () => {
  const token = (
    await request(`${url}/_local/token`, { method: "POST", body: '{"email":"a@example.com"}' })
  ).json() as { token: string };
  const headers = { authorization: `Bearer ${token.token}` };
  const me = (await request(`${url}/users/me`, { headers })).json() as { id: string };
  await request(`${url}/_local/clock`, { method: "POST", body: '{"advance":"P1D"}' });
  writeFileSync(HEALTH, saying("moved").replace("GET /health", "GET /moved"));
  await vi.waitFor(async () => expect(await answer("/moved")).toBe('{"status":"moved"}'), {
    timeout: 80_000,
    interval: 100,
  });
  expect((await request(`${url}/health`)).status).toBe(404);
  expect((await request(`${url}/users/me`, { headers })).json()).toMatchObject({ id: me.id });
  expect((await request(`${url}/_local/clock`)).json()).toMatchObject({ offsetMs: 86_400_000 });
}, 90_000);

it("a stack that can't be synthesised is shown, and the last good one serves", async () => {
  writeFileSync(HEALTH, saying("nameless").replace("/** Says", "/* Says"));
  await vi.waitFor(() => expect(said()).toContain("the edit can't be synthesised"), {
    timeout: 80_000,
    interval: 100,
  });
  expect(said()).toContain("say in a comment above it what it does");
  expect(await answer("/moved")).toBe('{"status":"nameless"}');
  // That one is for the CDK's command, which may synthesise another stage meanwhile.
  expect(existsSync(join(project, "cdk.out"))).toBe(false);
}, 90_000);
