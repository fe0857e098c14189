/** `npm run bench:licenses`: that seats and Stripe stay together, in figures, each beside its bound. */
import { parseArgs } from "node:util";
import type { Found } from "../simulation/attack/explore.ts";
import { percentile } from "../simulation/attack/figures.ts";
import { plants } from "../simulation/attack/plants.ts";
import { Workers } from "../simulation/attack/workers.ts";
import { get, update } from "../table/units.ts";

const HELP = `npm run bench:licenses -- [options]     Seats and Stripe in the simulated world

  --schedules N   how many schedules of people, faults and crashes are played (default 10000)
  --seed S        of those by chance (default 1)
  --help          show this`;

const piece = 250;
const mostToCatch = 3_000;

function readOptions() {
  const { values } = parseArgs({
    options: {
      schedules: { type: "string", default: "10000" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  const [schedules, seed] = [Number(values.schedules), Number(values.seed)];
  if (!Number.isInteger(schedules) || schedules < 1) throw new Error("--schedules wants a number above 0");
  if (!Number.isInteger(seed)) throw new Error("--seed wants a whole number");
  return { schedules, seed, help: values.help };
}

/** A row of the table; what is out of its bound fails the run. */
function row(what: string, found: string, bound = "", holds = true): void {
  process.stdout.write(`| ${what} | ${found} | ${bound}${holds ? "" : " **exceeded**"} |\n`);
  if (!holds) process.exitCode = 1;
}

async function play(
  workers: Workers,
  schedules: number,
  seed: number,
): Promise<{ ios: number; found: Found[] }> {
  const firsts = Array.from({ length: Math.ceil(schedules / piece) }, (_, n) => n * piece);
  const parts = await workers.share(firsts, (worker, first) =>
    worker.explore(first, Math.min(piece, schedules - first), seed),
  );
  return {
    ios: parts.reduce((sum, { ios }) => sum + ios, 0),
    found: parts.flatMap(({ found }) => found),
  };
}

async function main(): Promise<void> {
  const { schedules, seed, help } = readOptions();
  if (help) return console.log(HELP);
  const workers = new Workers();
  const { ios, found } = await play(workers, schedules, seed);
  const caught = await workers.share(plants, (worker, { name }) => worker.hunt(name, mostToCatch));
  const measured = await workers.one((worker) => worker.figures());
  workers.end();
  const { isolated, burst, outage, crash, callsPerBurst, ledger } = measured;
  const number = (n: number) => n.toLocaleString("en");

  row("figure", "found", "bound");
  row("---", "---:", "---:");
  row("schedules played", number(schedules));
  row("I/Os in them", number(ios));
  row("violations of an invariant", number(found.length), "0", found.length === 0);
  const all = caught.filter((one) => one !== null).length;
  row(
    "planted bugs caught, each by its invariant",
    `${all} of ${plants.length}`,
    "all",
    all === plants.length,
  );
  const times = (what: string, values: readonly number[], most: number) => {
    const [p50, p99] = [percentile(values, 50) / 1_000, percentile(values, 99) / 1_000];
    row(`${what}, p50 and p99`, `${p50.toFixed(1)} s, ${p99.toFixed(1)} s`, `p99 ≤ ${most} s`, p99 <= most);
  };
  times("until Stripe has the seats: one change", isolated, 10);
  times("after the last of 100 changes in a minute", burst, 60);
  times("after Stripe is back", outage, 90);
  times("after a crash, at any I/O", crash, 120);
  const calls = Math.max(...callsPerBurst);
  row("quantities set at Stripe for 100 changes in a minute", number(calls), "≤ 4", calls <= 4);
  for (const [what, { reads, updates }] of [
    ["alone", ledger.isolated],
    ["in a burst of 100", ledger.burst],
  ] as const) {
    const [read, written] = [reads * get("ledger").reads, updates * update("ledger", 0, 2).writes];
    row(`units for Stripe's sake, a change ${what}`, `${read.toFixed(2)} read, ${written.toFixed(2)} write`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${HELP}`);
  process.exitCode = 1;
}
