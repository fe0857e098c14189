import type { ColdStart } from "./cold-start.ts";
import type { Older } from "./older.ts";
import { empty, type Stage } from "./stage.ts";

/** What was measured of a row, in each of its builds. */
interface Measured {
  readonly name: string;
  readonly now: ColdStart[];
  readonly before: ColdStart[];
}

export interface Wanted {
  readonly rounds: number;
  readonly only?: readonly string[] | undefined;
  readonly older?: Older | undefined;
  /** Whether each process is asked a second time. */
  readonly twice: boolean;
  /** Ends it early: with the rounds so far. */
  readonly signal: AbortSignal;
}

/** Interleaves functions and builds, so that whatever else the machine does falls on all of them alike. */
export async function starts(
  stage: Stage,
  { rounds, only, older, twice, signal }: Wanted,
): Promise<Measured[]> {
  const rows = stage.rows
    .filter(({ name }) => name === empty || !only || only.some((part) => name.includes(part)))
    .map((row) => ({ ...row, now: [] as ColdStart[], before: [] as ColdStart[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, key, now, before } of rows) {
      if (signal.aborted) return rows;
      const folder = name === empty ? undefined : older?.folderOf(key);
      const both = [
        async () => void now.push(await stage.start(name, { twice })),
        async () => void (folder && before.push(await stage.start(name, { folder, twice }))),
      ];
      for (const start of round % 2 ? both.reverse() : both) await start();
    }
  }
  return rows;
}

type Measure = (start: ColdStart) => number;

const ready: Measure = ({ readyMs }) => readyMs;
const answer: Measure = ({ answerMs }) => answerMs;
const cpu: Measure = ({ cpuMs }) => cpuMs;
const start: Measure = ({ answerMs, againMs }) => answerMs - againMs;

/** A table of them, with the status of whatever was refused. */
export function* ratios(
  rows: readonly Measured[],
  { against, twice }: { readonly against?: string | undefined; readonly twice: boolean },
): Generator<string> {
  const nothing = rows.find(({ name }) => name === empty)?.now ?? [];
  const ratio = (samples: ColdStart[], measure: Measure, quantile = 0.5) =>
    at(samples, measure, quantile) / at(nothing, measure, 0.5);
  const [last, lastTitle] = twice ? [start, "start"] : [cpu, "cpu"];
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (name: string, cells: readonly (string | number)[], note = "") =>
    name.padEnd(width) + cells.map(cellOf).join("") + note;
  const figures = (samples: ColdStart[]) => [
    ratio(samples, ready),
    ratio(samples, answer),
    ratio(samples, answer, 0.9),
    ratio(samples, last),
  ];
  const titles = ["ready", "answer", "p90", lastTitle];
  // Both builds are started one after the other: the median of the differences, in which the machine's moods are not.
  const change = (now: readonly ColdStart[], before: readonly ColdStart[], measure: Measure) =>
    quantileOf(
      before.flatMap((was, n) => now.slice(n, n + 1).map((is) => measure(is) - measure(was))),
      0.5,
    ) / at(nothing, measure, 0.5);
  const differences = ["answer", `at ${against?.slice(0, 8)}`, "change", lastTitle, "then", "change"];
  yield line("", against ? differences : titles);
  for (const { name, now, before } of rows) {
    const pair = (measure: Measure) => [
      ratio(now, measure),
      ratio(before, measure),
      change(now, before, measure),
    ];
    const cells = against ? [...pair(answer), ...pair(last)] : figures(now);
    yield line(name, cells, refusals(now) + refusals(before, " then"));
  }
}

const cellOf = (cell: string | number): string =>
  (typeof cell === "string" ? cell : Number.isNaN(cell) ? "" : cell.toFixed(2)).padStart(13).slice(-13);

function refusals(samples: readonly ColdStart[], when = ""): string {
  const statuses = samples
    .map(({ answer }) => answer.statusCode ?? "failed")
    .filter((it) => !(Number(it) < 300));
  return statuses.length > 0 ? `  ${[...new Set(statuses)]}${when}` : "";
}

function at(samples: readonly ColdStart[], measure: Measure, quantile: number): number {
  return quantileOf(samples.map(measure), quantile);
}

function quantileOf(figures: readonly number[], quantile: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
}
