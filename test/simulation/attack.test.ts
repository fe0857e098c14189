import { afterAll, beforeAll, expect, test } from "vitest";
import type { Address } from "./attack/explore.ts";
import { percentile } from "./attack/figures.ts";
import { found } from "./attack/found.ts";
import { plants } from "./attack/plants.ts";
import { Workers } from "./attack/workers.ts";

const schedules = Number(process.env.SCHEDULES ?? 10_000);
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 30);
const piece = 250;

let workers: Workers;
beforeAll(() => {
  workers = new Workers();
});
afterAll(() => workers.end());

test(`whatever crashes, is lost, late, doubled, out of order or at once, every invariant holds (${schedules} schedules, SEED=${seed})`, async () => {
  const firsts = Array.from({ length: Math.ceil(schedules / piece) }, (_, n) => n * piece);
  const explored = await workers.share(firsts, (worker, first) =>
    worker.explore(first, Math.min(piece, schedules - first), seed),
  );
  const broken = explored.flatMap((part) => part.found);
  const [first] = broken;
  const story = first && (await workers.one((worker) => worker.tell(first.address)));
  expect(story, `${broken.length} of ${schedules} schedules broke something`).toBeUndefined();
}, 600_000);

test.each(found.map((finding, n) => ({ ...finding, address: `found:${n}` as const })))(
  "found before: $what",
  async ({ address, planted }) => {
    const told = await workers.one((worker) => worker.tell(address));
    expect(told).toBe(`${address} breaks nothing.`);
    const breaks = plants.find(({ name }) => name === planted)?.breaks;
    expect(await workers.one((worker) => worker.breaks(address, planted))).toContain(breaks);
  },
  60_000,
);

test("a planted bug is caught by the invariant that it breaks, each of them", async () => {
  const most = 3_000;
  const names = plants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(20);
  const caught = await workers.share(names, (worker, name) => worker.hunt(name, most));
  const lines = caught.map((hunted, n) => `${String(hunted?.played ?? "none").padStart(6)}  ${names[n]}`);
  console.log(`schedules until it was caught, and the planted bug\n${lines.join("\n")}`);
  expect(names.filter((_, n) => !caught[n])).toEqual([]);
}, 600_000);

test("a seed gives the same verdict, by the same course to the last line", async () => {
  const addresses: Address[] = ["random:1", "random:2", "random:3", "single:700", "pair:900"];
  const [once, again] = await workers.both((worker) =>
    Promise.all(addresses.map((address) => worker.trace(address))),
  );
  expect(once.every((trace) => trace.length > 10)).toBe(true);
  expect(again).toEqual(once);
}, 120_000);

test("a broken invariant is a story: who did what, what went wrong, which invariant, what the ledger said", async () => {
  const planted = "another token for each attempt";
  const story = await workers.one(async (worker) => {
    const hunted = await worker.hunt(planted, 3_000);
    return worker.tell(hunted?.address ?? "random:0", planted);
  });
  const lines = story.split("\n");
  expect(lines.length).toBeLessThan(12);
  expect(lines[0]).toBe(
    'Broken: "answers are true". What was answered with success stands, and what was refused has changed nothing.',
  );
  expect(story).toMatch(/^ +\d+\.\d\d s {2}act\d: (the Owner|the Admin|whoever is invited) \w+/m);
  expect(story).toMatch(
    /^ +\d+\.\d\d s {2}act\d.* try \d\.\d: (answer lost|no answer in time), at its I\/O \d+, commit of \d+$/m,
  );
  expect(story).toMatch(/^ +\d+\.\d\d s {2}BROKEN.*was refused \(\w+\), and it is done$/m);
  expect(story).toMatch(
    /^The ledger said: \d+ seats, \d+ of open invitations, version \d+, applied (\d+|none), .*; Stripe has (\d+|no item)$/m,
  );
  expect(lines.at(-1)).toMatch(
    /^The same again: npm run test:long -- --only (single|pair|random|rights):\d+$/,
  );
}, 120_000);

test("Stripe has the seats in time: after one change, a hundred, an outage, and a crash", async () => {
  const { isolated, burst, callsPerBurst, outage, crash } = await workers.one((worker) => worker.figures());
  const seconds = (times: readonly number[]) => percentile(times, 99) / 1_000;
  expect(seconds(isolated)).toBeLessThanOrEqual(10);
  expect(seconds(burst)).toBeLessThanOrEqual(60);
  expect(seconds(outage)).toBeLessThanOrEqual(90);
  expect(seconds(crash)).toBeLessThanOrEqual(120);
  expect(Math.max(...callsPerBurst)).toBeLessThanOrEqual(4);
}, 120_000);
