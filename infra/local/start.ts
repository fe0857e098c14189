/** `npm start`: builds, synthesises and runs the stack on this machine, until Ctrl-C. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { checkAssembly, checkEngine, checkNode, checkPort, Refusal } from "./checks.ts";
import type { Live } from "./live.ts";
import type { LocalRun } from "./run.ts";
import { firstScreen } from "./screen.ts";

const HELP = `npm start -- [options]     Runs the whole stack on this machine, once in each folder: a second start ends the
                            first, unless it is refused itself

  --fresh       forget all data first (.local/)
  --port N      listen on port N instead of 3000
  --assembly D  run the CDK assembly in folder D as it is, instead of building one
  --help        show this

DYNAMODB_ENDPOINT=http://localhost:8000 npm start     uses DynamoDB Local instead of the engine that comes along`;

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
  const { portOfRun } = await import("./state.ts");
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

  const engineEndpoint = process.env.DYNAMODB_ENDPOINT;
  await checkPort(port, portOfRun(stateDir));
  if (engineEndpoint) await checkEngine(engineEndpoint);
  if (given) checkAssembly(given);
  const assembly = given ?? (await build(onProgress));
  starting = startLocal({ assembly, port, stateDir, fresh, onProgress, engineEndpoint });
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
