/** `npm run test:long`: the simulations for as long as wanted, in rounds of 1,000 sequences, each by a seed of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../infra/bundle.ts";

const HELP = `npm run test:long -- [options]     Random schedules of several people, against a simple model

  --sequences N   how many (default 20000)
  --seed S        of the first 1,000; the next ones take the seeds after it (default: from the clock)
  --help          show this

Ctrl-C stops it and says how to go on.`;

const perRound = 1_000;
const vitest = join(root, "node_modules/vitest/vitest.mjs");

function readOptions() {
  const { values } = parseArgs({
    options: {
      sequences: { type: "string", default: "20000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      help: { type: "boolean", default: false },
    },
  });
  const [sequences, seed] = [Number(values.sequences), Number(values.seed)];
  if (!Number.isInteger(sequences) || sequences < 1) throw new Error("--sequences wants a number above 0");
  if (!Number.isInteger(seed)) throw new Error("--seed wants a whole number");
  return { sequences, seed, help: values.help };
}

let child: ChildProcess | undefined;

/** Runs the simulations once; their output is of interest only where they fail. */
function round(sequences: number, seed: number): Promise<{ ok: boolean; output: string }> {
  const running = spawn(process.execPath, [vitest, "run", "--project", "simulation", "property"], {
    env: { ...process.env, SEQUENCES: String(sequences), SEED: String(seed) },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C is for us: we end it, so that nothing is said twice.
    detached: true,
  });
  child = running;
  let output = "";
  for (const stream of [running.stdout, running.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => running.once("close", (code) => resolve({ ok: code === 0, output })));
}

async function main(): Promise<void> {
  const { sequences, seed: first, help } = readOptions();
  if (help) return console.log(HELP);
  let stopped = false;
  process.once("SIGINT", () => {
    stopped = true;
    child?.kill("SIGTERM");
  });
  for (let done = 0, seed = first; done < sequences; done += perRound, seed += 1) {
    const count = Math.min(perRound, sequences - done);
    const began = performance.now();
    const { ok, output } = await round(count, seed);
    const left = sequences - done;
    if (stopped) {
      console.log(`Stopped in seed ${seed}; ${done} sequences held.`);
      console.log(`To go on: npm run test:long -- --sequences ${left} --seed ${seed}`);
      return;
    }
    if (!ok) {
      console.log(`${output}\nIt failed in seed ${seed}, after ${done} sequences held.`);
      console.log(`To repeat it: npm run test:long -- --sequences ${count} --seed ${seed}`);
      process.exitCode = 1;
      return;
    }
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(`${done + count} of ${sequences} sequences hold (seed ${seed}, ${seconds} s)`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${HELP}`);
  process.exitCode = 1;
}
