/** `npm run bench:invitations`: what the job that attends to invitations spends and how many it does, at scale. */
import { parseArgs } from "node:util";
import { synthesise } from "../../infra/synthesise.ts";
import { openTable } from "../../shared/table/client.ts";
import { assembly } from "../build.ts";
import { clientEnvironment } from "../table/engine.ts";
import { expiriesAt, itemsOf, type Population, remindersAt } from "./due-items.ts";
import { openLoaded } from "./loaded-engine.ts";
import { type Spent, ticks } from "./tick.ts";

const HELP = `npm run bench:invitations -- [options]     The job expire-invitations in a small and in a large table

  --size N        open invitations in the large table (default 1000000, which takes some minutes to load)
  --expiries N    of them expire, ten in a business (default 10000)
  --reminders N   of them are due for a reminder (default 2000)
  --help          show this`;

/** The most that anything due may cost in the large table, as a ratio to the small one. */
const mostRatio = 1.1;
/** In seconds: a tick of a minute but for what the job keeps for its end. */
const worksFor = 51;

function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

async function measure(population: Population): Promise<{ mails: Spent; expiries: Spent }> {
  const began = performance.now();
  const { endpoint, tableName, close } = await openLoaded(itemsOf(population));
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  print(`${population.size.toLocaleString("en")} open invitations: loaded in ${seconds} s.`);
  Object.assign(process.env, clientEnvironment(endpoint));
  try {
    const table = openTable(tableName);
    return { mails: await ticks(table, remindersAt), expiries: await ticks(table, expiriesAt) };
  } finally {
    await close();
  }
}

function report(name: string, due: number, small: Spent, large: Spent): void {
  print(`\n${due.toLocaleString("en")} ${name}: in the small table, in the large one, and their ratio`);
  const row = (what: string, figure: (of: Spent) => number) => {
    const [few, many] = [figure(small), figure(large)];
    const ratio = many / few;
    const cells = [few.toFixed(2), many.toFixed(2), ratio.toFixed(3)].map((cell) => cell.padStart(12));
    print(`  ${what.padEnd(26)}${cells.join("")}`);
    return ratio;
  };
  const ratios = [
    row("items read per due", ({ items }) => items / due),
    row("read units per due", ({ reads }) => reads / due),
    row("write units per due", ({ writes }) => writes / due),
  ];
  if (!ratios.every((ratio) => ratio <= mostRatio)) process.exitCode = 1;
  // Units are DynamoDB's own; how fast it goes is the embedded engine's, which takes longer in a larger file.
  row("due per second", ({ seconds }) => due / seconds);
  row("due per minute's tick", ({ seconds }) => (due / seconds) * worksFor);
  row("ticks", ({ ticks: count }) => count);
}

function readOptions(): Population | undefined {
  const { values } = parseArgs({
    options: {
      size: { type: "string", default: "1000000" },
      expiries: { type: "string", default: "10000" },
      reminders: { type: "string", default: "2000" },
      help: { type: "boolean", default: false },
    },
  });
  const [size, expiries, reminders] = [values.size, values.expiries, values.reminders].map(Number);
  if (![size, expiries, reminders].every((n) => Number.isInteger(n) && Number(n) > 0))
    throw new Error("--size, --expiries and --reminders want numbers above 0");
  if (values.help) return undefined;
  return { size, expiries, reminders } as Population;
}

async function main(): Promise<void> {
  const population = readOptions();
  if (!population) return print(HELP);
  await synthesise({ stage: "local", output: assembly });
  // The job's own log lines.
  console.log = () => {};
  const small = await measure({ ...population, size: 2 * population.expiries });
  const large = await measure(population);
  report("expiries", population.expiries, small.expiries, large.expiries);
  report("reminders, SES answering in 50 ms", population.reminders, small.mails, large.mails);
}

try {
  await main();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${HELP}`);
  process.exitCode = 1;
}
