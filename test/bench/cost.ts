/** `npm run bench:cost`: what each request spends of DynamoDB beside its budget, and whether large lists stay cheap. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../infra/bundle.ts";
import { synthesise } from "../../infra/synthesise.ts";
import type { Table } from "../../shared/operation.ts";
import { openTable } from "../../shared/table/client.ts";
import { assembly } from "../build.ts";
import { clientEnvironment, openEngine } from "../table/engine.ts";
import { measure, spentIn } from "../table/spend.ts";
import { dollars, lines, markdown, nameOf, prices, trips } from "./cost-table.ts";
import { timePages } from "./pages.ts";

const HELP = `npm run bench:cost -- [options]     Request units, round trips and dollars of every request

  --members N   of the business whose pages are timed (default 100000, which takes a minute to load; 0: none)
  --rounds N    how often each page is timed (default 300)
  --readme      only write the table of the README anew
  --help        show this`;

/** The most that a page of a large business may take at p50, as a ratio to one of 100 members. */
const mostRatio = 1.1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function costs(table: Table): Promise<void> {
  const width = Math.max(...lines.map((line) => nameOf(line).length));
  const row = (name: string, ...cells: string[]) =>
    name.padEnd(width) + cells.map((cell) => cell.padStart(9)).join("");
  print(`On demand in us-east-1, a million units: $${prices.read} to read, $${prices.write} to write.`);
  print("Round trips: until the commit + after it. Each figure: measured / budget, where they differ.\n");
  print(row("", "reads", "writes", "trips", "$/million"));
  for (const line of lines) {
    const [spent, budget] = [await measure(table, line), spentIn(line.rounds)];
    const cell = (figure: (of: typeof spent) => string | number) =>
      figure(spent) === figure(budget) ? String(figure(spent)) : `${figure(spent)} / ${figure(budget)}`;
    const cells = [cell(({ reads }) => reads), cell(({ writes }) => writes), cell(trips), cell(dollars)];
    print(row(nameOf(line), ...cells));
    if (cells.some((it) => it.includes("/"))) process.exitCode = 1;
  }
}

async function pages(table: Table, members: number, rounds: number): Promise<void> {
  print(`\nLoading ${members} members …`);
  const began = performance.now();
  const { small, first, any } = await timePages(table, members, rounds);
  print(`Loaded and timed in ${((performance.now() - began) / 1_000).toFixed(0)} s.`);
  print(`A page of 100 members, as a ratio to that of a business of 100, ${rounds} interleaved rounds:`);
  for (const [name, { p50, p99 }] of Object.entries({ "the first": first, "any other": any })) {
    const [middle, slow] = [p50 / small.p50, p99 / small.p99];
    print(`  ${name.padEnd(10)}p50 ${middle.toFixed(2)}   p99 ${slow.toFixed(2)}`);
    if (middle > mostRatio) process.exitCode = 1;
  }
}

function writeReadme(): void {
  const file = join(root, "README.md");
  const table = /(?<=<!-- cost:begin -->\n).*?(?=\n<!-- cost:end -->)/s;
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(table, () => markdown()),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      members: { type: "string", default: "100000" },
      rounds: { type: "string", default: "300" },
      readme: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [members, rounds] = [Number(values.members), Number(values.rounds)];
  if (!Number.isInteger(members) || (members !== 0 && members < 300))
    throw new Error("--members wants 0, or a number of at least 300");
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds wants a number above 0");
  if (values.help) return print(HELP);
  if (values.readme) return writeReadme();
  await synthesise({ stage: "local", output: assembly });
  const { endpoint, tableName, close } = await openEngine();
  Object.assign(process.env, clientEnvironment(endpoint));
  // The endpoints' own log lines.
  console.log = () => {};
  try {
    const table = openTable(tableName);
    await costs(table);
    if (members > 0) await pages(table, members, rounds);
  } finally {
    await close();
  }
}

try {
  await main();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${HELP}`);
  process.exitCode = 1;
}
