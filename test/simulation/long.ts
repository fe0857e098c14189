/** `npm run test:long`: schedules against the simulated world for as long as wanted, two at a time. */
import { parseArgs } from "node:util";
import type { Address, Found } from "./attack/explore.ts";
import { Worker } from "./attack/workers.ts";

const HELP = `npm run test:long -- [options]     Whatever people, Stripe, SES and crashes do, by the thousand

  --schedules N   how many (default 100000); of nine two have a fault, three two crashes, four are by chance
  --seed S        of those by chance (default: from the clock)
  --from N        begins with the Nth, to go on with a course that was stopped
  --only A        plays one schedule, such as random:17, and tells what it breaks
  --help          show this

Ctrl-C stops it and says how to go on.`;

/** As much as a worker is given at once. */
const piece = 100;
const barWidth = 24;

function readOptions() {
  const { values } = parseArgs({
    options: {
      schedules: { type: "string", default: "100000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 30) },
      from: { type: "string", default: "0" },
      only: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const [schedules, seed, from] = [Number(values.schedules), Number(values.seed), Number(values.from)];
  if (!Number.isInteger(schedules) || schedules < 1) throw new Error("--schedules wants a number above 0");
  if (!Number.isInteger(seed)) throw new Error("--seed wants a whole number");
  if (!Number.isInteger(from) || from < 0 || from >= schedules)
    throw new Error("--from wants a whole number from 0 on, below that of --schedules");
  const { only, help } = values;
  if (only !== undefined && !/^[a-z]+:\d+$/.test(only))
    throw new Error("--only wants a schedule, such as random:17");
  return { schedules, seed, from, only: only as Address | undefined, help };
}

/** How far it is, and how long it will take. */
function bar(done: number, all: number, began: number): string {
  const share = done / all;
  const full = Math.floor(share * barWidth);
  const seconds = (performance.now() - began) / 1_000;
  const left = done > 0 ? Math.ceil((seconds / done) * (all - done)) : 0;
  const time = left > 90 ? `${Math.ceil(left / 60)} min` : `${left} s`;
  return `[${"#".repeat(full)}${".".repeat(barWidth - full)}] ${done.toLocaleString("en")} of ${all.toLocaleString("en")} hold, ${time} left`;
}

async function tell(address: Address): Promise<string> {
  const worker = new Worker();
  try {
    return await worker.tell(address);
  } finally {
    worker.end();
  }
}

class Course {
  readonly #workers = [new Worker(), new Worker()];
  readonly #began = performance.now();
  readonly #done = new Set<number>();
  #next: number;
  isStopped = false;
  readonly #options: ReturnType<typeof readOptions>;
  found: Found | undefined;

  constructor(options: ReturnType<typeof readOptions>) {
    this.#options = options;
    this.#next = options.from;
  }

  /** The first schedule that was not played yet. */
  get reached(): number {
    let first = this.#options.from;
    while (this.#done.has(first)) first += piece;
    return Math.min(first, this.#options.schedules);
  }

  async run(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => this.#work(worker)));
    this.stop();
  }

  stop(): void {
    this.isStopped = true;
    for (const worker of this.#workers) worker.end();
  }

  async #work(worker: Worker): Promise<void> {
    const { schedules, seed, from } = this.#options;
    while (this.#next < schedules && !this.found && !this.isStopped) {
      const first = this.#next;
      this.#next += piece;
      const { found } = await worker.explore(first, Math.min(piece, schedules - first), seed);
      this.found ??= found[0];
      this.#done.add(first);
      const played = Math.min(this.#done.size * piece, schedules - from);
      const line = bar(played, schedules - from, this.#began);
      const isTold = this.#done.size === 1 || played % 10_000 === 0;
      process.stdout.write(process.stdout.isTTY ? `\r${line}  ` : isTold ? `${line}\n` : "");
    }
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(HELP);
  if (options.only) return console.log(await tell(options.only));
  const course = new Course(options);
  let isInterrupted = false;
  process.once("SIGINT", () => {
    isInterrupted = true;
    course.stop();
  });
  await course.run().catch((error) => {
    if (!isInterrupted) throw error;
  });
  if (course.found) {
    console.log(`\n${await tell(course.found.address)}`);
    process.exitCode = 1;
  } else if (isInterrupted) {
    const { schedules, seed, from } = options;
    console.log(`\nStopped at schedule ${course.reached}; every one from ${from} on held until there.`);
    console.log(
      `To go on: npm run test:long -- --schedules ${schedules} --seed ${seed} --from ${course.reached}`,
    );
  } else
    console.log(
      `\nEvery one of ${(options.schedules - options.from).toLocaleString("en")} schedules held (--seed ${options.seed}, from ${options.from} on).`,
    );
}

try {
  await main();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${HELP}`);
  process.exitCode = 1;
}
