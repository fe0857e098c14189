/** `npm run bench:cold`: the cold start of each endpoint, as a ratio to that of an empty handler in the same run. */
import { parseArgs } from "node:util";
import { synthesise } from "../../infra/synthesise.ts";
import { assembly } from "../build.ts";
import { ratios, starts, type Wanted } from "./cold-table.ts";
import { bundleOlder } from "./older.ts";
import { openStage } from "./stage.ts";

const HELP = `npm run bench:cold -- [options]     Cold starts as ratios to an empty handler

  --rounds N       interleaved rounds (default 20)
  --only a,b       only the endpoints whose names hold one of these
  --against REF    beside those of another commit, started in the same rounds: before, now, and the difference
  --again          ask each a second time: "start", the first answer without the second, replaces "cpu"
  --help           show this

Ctrl-C ends it with the rounds so far.`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const { rounds, only, against, again: twice, help } = readOptions();
  if (help) return print(HELP);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  await synthesise({ stage: "local", output: assembly });
  const older = against ? bundleOlder(against) : undefined;
  try {
    await report({ rounds, only, older, twice, signal: stop.signal }, against);
  } finally {
    older?.remove();
  }
}

async function report(wanted: Wanted, against: string | undefined): Promise<void> {
  // The endpoints' own log lines, while requests are prepared.
  console.log = () => {};
  const stage = await openStage();
  try {
    const measured = await starts(stage, wanted);
    const rounds = measured.at(-1)?.now.length ?? 0;
    if (rounds === 0) return;
    print(
      `Cold starts on Node.js ${process.versions.node}, ${rounds} interleaved rounds, medians, as ratios to an empty handler's.\n` +
        "ready: spawn to the first request for an event; answer: to the first answer; p90: of it; cpu: user and system\n" +
        "time; start: the first answer without what a second request takes, warm.\n",
    );
    for (const line of ratios(measured, { against, twice: wanted.twice })) print(line);
  } finally {
    await stage.close();
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: "string", default: "20" },
        only: { type: "string" },
        against: { type: "string" },
        again: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      throw new Error(`--rounds wants a number, not "${values.rounds}"`);
    return { ...values, rounds, only: values.only?.split(",") };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(1);
  }
}

await main();
