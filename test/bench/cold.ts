/** `npm run bench:cold`: the cold start of each endpoint, as a ratio to that of an empty handler in the same run. */
import { parseArgs } from "node:util";
import { synthesise } from "../../infra/synthesise.ts";
import { assembly } from "../build.ts";
import type { ColdStart } from "./cold-start.ts";
import { empty, openStage } from "./stage.ts";

const HELP = `npm run bench:cold -- [options]     Cold starts as ratios to an empty handler

  --rounds N   interleaved rounds (default 20)
  --help       show this`;

type Measure = "readyMs" | "answerMs" | "cpuMs";

async function main(): Promise<void> {
  const { rounds, help } = readOptions();
  if (help) return console.log(HELP);
  await synthesise({ stage: "local", output: assembly });
  const starts = await measure(rounds);
  const width = Math.max(...[...starts.keys()].map((name) => name.length));
  const columns = ["ready", "p90", "answer", "p90", "cpu", "p90"].map((title) => title.padStart(7)).join("");
  console.log(
    `Cold starts on Node.js ${process.versions.node}, ${rounds} interleaved rounds, as ratios to ${empty}.\n` +
      `ready: spawn to the first request for an event; answer: to the first answer; cpu: user and system time.\n\n` +
      `${"".padEnd(width)}${columns}`,
  );
  const baseline = starts.get(empty) ?? [];
  for (const [name, samples] of starts) {
    const ratios = (["readyMs", "answerMs", "cpuMs"] as const).flatMap((measure) => [
      ratio(samples, baseline, measure, 0.5),
      ratio(samples, baseline, measure, 0.9),
    ]);
    console.log(name.padEnd(width) + ratios.map((value) => value.toFixed(2).padStart(7)).join(""));
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { rounds: { type: "string", default: "20" }, help: { type: "boolean", default: false } },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      throw new Error(`--rounds wants a number, not "${values.rounds}"`);
    return { rounds, help: values.help };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(1);
  }
}

/** Interleaves the functions, so that whatever else the machine does falls on all of them alike. */
async function measure(rounds: number): Promise<Map<string, ColdStart[]>> {
  const stage = await openStage();
  const starts = new Map(stage.names.map((name) => [name, [] as ColdStart[]]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, samples] of starts) samples.push(await stage.start(name));
    }
  } finally {
    await stage.close();
  }
  return starts;
}

/** A quantile of some cold starts, over the median of the empty handler's. */
function ratio(samples: ColdStart[], baseline: ColdStart[], measure: Measure, quantile: number): number {
  return at(samples, measure, quantile) / at(baseline, measure, 0.5);
}

function at(samples: ColdStart[], measure: Measure, quantile: number): number {
  const sorted = samples.map((sample) => sample[measure]).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
}

await main();
