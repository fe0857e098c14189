/** The engine below the tables: dynoxide on a file in the state folder, or whatever `DYNAMODB_ENDPOINT` names. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { close, listen } from "./http.ts";
import type { Logs } from "./logs.ts";
import type { State } from "./state.ts";

export type Engine = {
  /** Its URL; while it starts anew, once it is there. */
  url(): Promise<string>;
  what: string;
  pid(): number | undefined;
  stop(): Promise<void>;
};

/** How often in a row it may end without having listened. */
const TRIES = 5;

export async function startEngine(state: State, logs: Logs, endpoint?: string): Promise<Engine> {
  if (endpoint)
    return { url: async () => endpoint, what: endpoint, pid: () => undefined, stop: async () => {} };
  const binary = findBinary();
  let child: ChildProcess | undefined;
  let stopping = false;
  let current = up();

  /** Starts it until it listens; when it dies later, starts it again on the same data. */
  async function up(): Promise<string> {
    let last = "";
    for (let attempt = 0; attempt < TRIES && !stopping; attempt++) {
      const port = await freePort();
      child = spawn(binary, ["--port", String(port), "--db-path", state.path("data", "engine.db")], {
        stdio: ["ignore", "pipe", "pipe"],
        detached: process.platform !== "win32",
        windowsHide: true,
      });
      const { pid } = child;
      if (pid) state.started(pid, "engine");
      const started = await listening(child);
      if (started.ok) {
        child.once("close", () => {
          if (pid) state.ended(pid);
          if (stopping) return;
          logs.write({
            source: "engine",
            text: "The engine ended; starting it again on its data.",
            error: true,
          });
          current = up();
          current.catch((error: Error) => logs.write({ source: "engine", text: error.message, error: true }));
        });
        return `http://127.0.0.1:${port}`;
      }
      if (pid) state.ended(pid);
      last = started.output;
    }
    throw new Error(`The engine doesn't start (${binary}): ${last.trim()}`);
  }

  await current;
  return {
    url: () => current,
    what: `dynoxide on ${state.path("data", "engine.db")}`,
    pid: () => child?.pid,
    async stop() {
      stopping = true;
      await current.catch(() => {});
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child?.once("close", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Waits until the engine says that it listens; not ok if it ends before. */
function listening(child: ChildProcess): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    let output = "";
    const hear = (chunk: Buffer) => {
      output += chunk;
      if (output.includes("listening on")) resolve({ ok: true, output });
      if (output.length > 10_000) output = output.slice(-1_000);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("error", (error) => resolve({ ok: false, output: error.message }));
    child.once("close", () => resolve({ ok: false, output }));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}

export function findBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  const file = process.platform === "win32" ? "dynoxide.exe" : "dynoxide";
  try {
    return createRequire(import.meta.url).resolve(`${name}/${file}`);
  } catch {
    throw new Error(
      `The local DynamoDB engine for this machine, ${name}, isn't installed. Run: npm install --no-save ${name}\n` +
        "If there is none for your machine, start DynamoDB Local and set DYNAMODB_ENDPOINT=http://localhost:8000",
    );
  }
}
