/** `npm start`: builds, synthesises and runs the stack on this machine, until Ctrl-C. */
import { createServer } from "node:http";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { close, listen } from "./http.ts";
import type { Live } from "./live.ts";
import type { LocalRun } from "./run.ts";
import { firstScreen } from "./screen.ts";

const NODE = 24;
const HELP = `npm start -- [options]     Runs the whole stack on this machine, once in each folder: a second start ends the first

  --fresh       forget all data first (.local/)
  --port N      listen on port N instead of 3000
  --assembly D  run the CDK assembly in folder D as it is, instead of building one
  --help        show this

DYNAMODB_ENDPOINT=http://localhost:8000 npm start     uses DynamoDB Local instead of the engine that comes along`;

class Refusal extends Error {}

function readOptions() {
  const options = {
    assembly: { type: "string" },
    fresh: { type: "boolean" },
    help: { type: "boolean" },
    port: { type: "string" },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const port = Number(values.port ?? 3000);
    if (!/^\d+$/.test(values.port ?? "3000") || port > 65_535)
      throw new Error(`--port wants a number from 0 to 65535, not "${values.port}".`);
    return { ...values, port };
  } catch (error) {
    throw new Refusal(`${(error as Error).message}\n\n${HELP}`);
  }
}

function checkNode(): void {
  if (Number(process.versions.node.split(".")[0]) === NODE) return;
  throw new Refusal(
    `This runs on Node.js ${NODE}, Lambda's version, which comes with the dependencies; this is ${process.version}.\n` +
      "Run npm install, then npm start (which uses it). If that doesn't help: npm rebuild node",
  );
}

/** Says so before the build, rather than after it. */
async function checkPort(port: number): Promise<void> {
  const probe = createServer();
  try {
    await listen(probe, port);
  } catch (error) {
    throw explainPort(error as NodeJS.ErrnoException, port);
  }
  await close(probe);
}

function explainPort(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new Refusal(
      `Port ${port} is taken by another program. Choose another: npm start -- --port ${port + 1}`,
    );
  if (error.code === "EACCES")
    return new Refusal(`This user may not listen on port ${port}. Choose another: --port`);
  return error;
}

async function build(onProgress: (line: string) => void): Promise<string> {
  const { synthesise } = await import("../synthesise.ts");
  return (await synthesise({ onProgress })).assembly;
}

async function main(): Promise<void> {
  const { assembly: given, fresh, port, help } = readOptions();
  if (help) return console.log(HELP);
  checkNode();
  // What follows needs Node.js 24, so it is imported only now.
  const { startLocal } = await import("./run.ts");
  const { eraseState, takeOver } = await import("./state.ts");
  const stateDir = resolve(".local");
  const began = performance.now();
  const onProgress = (line: string) =>
    console.log(`  ${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`);

  let starting: Promise<LocalRun> | undefined;
  let live: Live | undefined;
  let signals = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, async () => {
      // The second one doesn't wait: what it leaves, the next start ends.
      if (++signals > 1) process.exit(130);
      await live?.close();
      await starting?.then((local) => local.stop()).catch(() => {});
      process.exit(0);
    });

  for (const what of await takeOver(stateDir)) onProgress(`ended what was left of the last run: ${what}`);
  await checkPort(port);
  if (fresh) eraseState(stateDir);
  const assembly = given ?? (await build(onProgress));
  const engineEndpoint = process.env.DYNAMODB_ENDPOINT;
  starting = startLocal({ assembly, port, stateDir, onProgress, engineEndpoint });
  const local = await starting;
  if (!given) live = (await import("./live.ts")).goLive(local, onProgress);
  onProgress("ready");
  local.logs(({ source, text, error }) => error && signals === 0 && console.error(`  ${source}  ${text}`));
  console.log(await firstScreen(local));
}

main().catch((error: Error) => {
  console.error(error instanceof Refusal ? error.message : error);
  process.exit(1);
});
