import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { isParked } from "../../shared/domain/ledger-work.ts";
import type { StripeMood } from "./fake-stripe.ts";
import { type Death, LicenseWorld, minutes, seconds } from "./license-world.ts";

vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
vi.spyOn(console, "log").mockImplementation(() => {});

const death = fc.option(
  fc.record({ after: fc.nat(14), carriedOut: fc.boolean() }) satisfies fc.Arbitrary<Death>,
  { nil: undefined, freq: 2 },
);
const mood = fc.constantFrom<StripeMood>(
  "well",
  "down",
  "lost",
  "late",
  "overloaded",
  "refusing",
  "500 applied",
  "500 not applied",
  "limited",
);

/** What happens at one moment, all at once. */
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const), death }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), whom: fc.nat(9), death }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("tick" as const), death }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("stream" as const), death }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reconcile" as const), death }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("webhook" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("arrive" as const) }) },
);
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

const schedule = fc.record({
  seed: fc.nat(),
  moments: fc.array(
    fc.record({
      mood,
      declines: fc.boolean(),
      /** How far the clock moves after it. */
      time: fc.constantFrom(0, 1, 5, 20, 31, 61, 600).map((n) => n * seconds),
      acts: fc.array(act, { minLength: 1, maxLength: 4 }),
    }),
    { maxLength: 12 },
  ),
});

async function perform(world: LicenseWorld, there: string[], it: Act): Promise<void> {
  if (it.do === "add") there.push(await world.add(it.death));
  if (it.do === "remove" && there.length > 0)
    await world.remove(there[it.whom % there.length] ?? "", it.death);
  if (it.do === "tick") await world.tick(it.death);
  if (it.do === "stream") await world.stream(it.death);
  if (it.do === "reconcile") await world.job("reconcile-licenses", it.death);
  if (it.do === "webhook") await world.webhook("customer.subscription.updated");
  if (it.do === "arrive") world.stripe.arrive();
}

const runs = Number(process.env.SCHEDULES ?? 250);

test(`whatever crashes, is lost, late, doubled or at once, seats and Stripe agree in the end (${runs} schedules)`, async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async ({ seed, moments }) => {
      const world = new LicenseWorld(seed, { prorationBehavior: "always_invoice" });
      await world.subscribe();
      const there: string[] = [];
      for (const { mood, declines, time, acts } of moments) {
        Object.assign(world.stripe, { mood, declines });
        await Promise.all(acts.map((it) => perform(world, there, it)));
        world.now += time;
      }
      expect(world.violations).toEqual([]);
      Object.assign(world.stripe, { mood: "well", declines: false });
      world.stripe.arrive();
      await world.pass(3 * minutes, 20 * seconds);
      const { ledger, quantity } = world;
      expect(world.violations).toEqual([]);
      expect(ledger.op).toBeUndefined();
      expect(ledger.seats).toBe(world.holders);
      if (!isParked(ledger)) expect(quantity).toBe(ledger.seats);
    }),
    { numRuns: runs, ...(process.env.SEED && { seed: Number(process.env.SEED) }) },
  );
}, 120_000);
