/** Functions run as on Lambda: a process each, overlapping, within their limits, without this machine's environment. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTime } from "../../infra/local/processes.ts";
import { type Mini, startMini } from "./local-run.ts";

const functions = {
  // Answers only once another invocation of it has begun: it never would if they didn't overlap.
  Meet: `const fs = require("node:fs");
    exports.handler = async ({ folder, name, other }) => {
      fs.writeFileSync(folder + "/" + name, "");
      while (!fs.existsSync(folder + "/" + other)) await new Promise(setImmediate);
      return process.pid;
    };`,
  Environment: "exports.handler = async () => process.env;",
  Loaded: "exports.handler = async () => process.moduleLoadList.filter((name) => name.includes('undici'));",
  Pid: "exports.handler = async () => process.pid;",
  Import: 'throw new Error("broken at import");',
  Missing: "exports.other = 1;",
  Throws: 'exports.handler = async () => { throw new TypeError("no"); };',
  Exits: "exports.handler = () => process.exit(3);",
  Uncaught: 'exports.handler = () => new Promise(() => setImmediate(() => { throw new Error("late"); }));',
  Nothing: "exports.handler = () => new Promise(() => {});",
  Silent: "exports.handler = () => new Promise(() => setInterval(() => {}, 1000));",
  Busy: "exports.handler = () => { while (true); };",
  Large: 'exports.handler = async () => "x".repeat(7_000_000);',
  Background: `exports.handler = async () => {
      setImmediate(() => { throw new Error("afterwards"); });
      return process.pid;
    };`,
  Context:
    "exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });",
};

let local: Mini;
beforeAll(async () => {
  local = await startMini({
    functions,
    routes: Object.fromEntries(Object.keys(functions).map((id) => [`GET /${id}`, id])),
    edit: ({ Resources }) => {
      for (const id of ["Silent", "Busy"]) (Resources[id]?.Properties ?? {}).Timeout = 1;
    },
  });
});
afterAll(() => local.remove());

const call = async (id: string, event: unknown = {}) => {
  const { payload, failed } = await local.invoke(id, event);
  return { failed, value: JSON.parse(payload) };
};

describe("processes", () => {
  it("two invocations of one function overlap", async () => {
    const folder = local.stateDir;
    const [a, b] = await Promise.all([
      call("Meet", { folder, name: "a", other: "b" }),
      call("Meet", { folder, name: "b", other: "a" }),
    ]);
    expect([a.failed, b.failed]).toEqual([false, false]);
    expect(a.value).not.toBe(b.value);
  });

  it("are reused, at most eight for a function; what exceeds them queues", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => call("Pid")));
    const pids = new Set(answers.map(({ value }) => value));
    expect(answers.every(({ failed }) => !failed)).toBe(true);
    expect(pids.size).toBeLessThanOrEqual(8);
  });

  it("end when idle", async () => {
    const idle = await startMini({ functions: { Pid: functions.Pid } }, { idleMs: 1 });
    const pid = JSON.parse((await idle.invoke("Pid", {})).payload);
    await vi.waitFor(() => expect(startTime(pid)).toBeUndefined());
    expect(JSON.parse((await idle.invoke("Pid", {})).payload)).not.toBe(pid);
    await idle.remove();
  });

  it("end for those of other functions, where there are many", async () => {
    const names = ["A", "B", "C", "D"];
    const few = await startMini(
      { functions: Object.fromEntries(names.map((name) => [name, functions.Pid])) },
      { maxProcesses: 2 },
    );
    const pids: number[] = [];
    for (const name of names) pids.push(JSON.parse((await few.invoke(name, {})).payload));
    await vi.waitFor(() =>
      expect(pids.map((pid) => startTime(pid) !== undefined)).toEqual([false, false, true, true]),
    );
    await few.remove();
  });
});

describe("a function's surroundings", () => {
  it("hold what Lambda sets and the template says, and nothing of this machine's", async () => {
    process.env.SECRET_OF_THE_DEVELOPER = "1";
    const { value } = await call("Environment");
    expect(value).toMatchObject({
      TABLE_NAME: "Mini-Table",
      AWS_LAMBDA_FUNCTION_NAME: "Mini-Environment",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      _HANDLER: "index.handler",
      TZ: ":UTC",
    });
    expect(value).not.toHaveProperty("SECRET_OF_THE_DEVELOPER");
    expect(value).not.toHaveProperty("HOME");
  });

  it("have no undici in them", async () => {
    expect((await call("Loaded")).value).toEqual([]);
  });

  it("give a context", async () => {
    const { value } = await call("Context");
    expect(value).toMatchObject({
      functionName: "Mini-Context",
      memoryLimitInMB: "256",
      functionVersion: "$LATEST",
    });
    expect(value.invokedFunctionArn).toBe("arn:aws:lambda:us-east-1:000000000000:function:Mini-Context");
    expect(value.left).toBeGreaterThan(5_000);
    expect(value.left).toBeLessThanOrEqual(10_000);
  });
});

describe.concurrent("what goes wrong is answered, and the rest goes on", () => {
  it.each([
    ["a function that throws at import", "Import", "broken at import"],
    ["a bundle without the handler", "Missing", "exports no function handler"],
    ["a function that throws", "Throws", "no"],
    ["a process that exits", "Exits", "exit status 3"],
    ["an error in a callback", "Uncaught", "late"],
    ["a promise that nothing will settle", "Nothing", "exit status"],
    ["one that never answers", "Silent", "Task timed out after 1.00 seconds"],
    ["one that never lets go", "Busy", "Task timed out after 1.00 seconds"],
    ["an answer of more than 6 MB", "Large", "larger than 6 MB"],
  ])("%s", async (_, id, message) => {
    const [direct, throughGateway] = await Promise.all([call(id), local.request(`/${id}`)]);
    expect(direct.failed).toBe(true);
    expect(direct.value.errorMessage).toContain(message);
    expect([throughGateway.status, throughGateway.text]).toEqual([
      500,
      '{"message":"Internal Server Error"}',
    ]);
    expect((await call("Pid")).failed).toBe(false);
  });

  it("a process that fails after its answer ends, and another takes its place", async () => {
    const { value } = await call("Background");
    await vi.waitFor(() => expect(startTime(value)).toBeUndefined());
    expect((await call("Background")).value).not.toBe(value);
  });

  it("says so in the log, with the function's name", async () => {
    const lines: string[] = [];
    const stop = local.logs(({ source, text, error }) => error && lines.push(`${source} ${text}`));
    await Promise.all([call("Import"), call("Silent")]);
    stop();
    expect(lines).toContainEqual("Mini-Import Error: broken at import");
    expect(lines).toContainEqual(expect.stringMatching(/^Mini-Silent .* Task timed out after 1.00 seconds$/));
  });
});
