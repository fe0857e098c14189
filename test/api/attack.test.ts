import { afterAll, beforeAll, expect, test } from "vitest";
import { numbersFrom } from "../simulation/interleaving.ts";
import { advance, local, type Person, signIn } from "./client.ts";
import { OwnStack } from "./own-stack.ts";

/** The simulation's claims at transport level: real bundles over HTTP, an engine, the local Stripe and its faults. */
const stack = new OwnStack();
const schedules = 200;
const sideBySide = 4;

interface Company {
  readonly boss: Person;
  readonly people: { readonly id: string; isMember: boolean }[];
}
let companies: Company[] = [];

const licensesOf = async ({ boss }: Company) => (await boss.get("/businesses/me/licenses")).body;

/** A business that pays, and people it can add. */
async function found(): Promise<Company> {
  const boss = await signIn({}, stack.url);
  await boss.post("/businesses/me", { name: "Acme" });
  const people = await Promise.all(
    [1, 2, 3].map(async () => {
      const person = await signIn({}, stack.url);
      return { id: (await person.get("/users/me")).body.id as string, isMember: false };
    }),
  );
  const { body } = await boss.post("/businesses/me/subscription", { billingPlan: "Monthly" });
  await local("stripe/checkout", { session: /cs_\w+/.exec(body.url)?.[0] }, stack.url);
  return { boss, people };
}

beforeAll(async () => {
  await stack.start();
  const first = await found();
  companies = [first, ...(await Promise.all(Array.from({ length: sideBySide - 1 }, found)))];
}, 120_000);
afterAll(() => stack.remove());

const faults = [{}, {}, { down: true }, { lose: 4 }, { failApplied: 3 }, { failUnapplied: 3 }] as const;

/** Some of the people come or go at once, some of them asked for twice; afterwards the seats are counted. */
async function play({ boss, people }: Company, seed: number): Promise<void> {
  const below = numbersFrom(seed);
  const answers = await Promise.all(
    people
      .filter(() => below(3) === 0)
      .map(async (person, n) => {
        const key = { "idempotency-key": `${seed}-${n}` };
        const send = () =>
          person.isMember
            ? boss.delete(`/businesses/me/users/${person.id}`, undefined, key)
            : boss.post("/businesses/me/users", { userId: person.id }, key);
        const times = below(3) === 0 ? 2 : 1;
        return { person, tries: await Promise.all(Array.from({ length: times }, send)) };
      }),
  );
  for (const { person, tries } of answers) {
    const done = tries.filter(({ status }) => status < 300);
    expect(done.length, `seed ${seed}: ${tries.map(({ body }) => body?.code)}`).toBeGreaterThan(0);
    person.isMember = !person.isMember;
  }
  const { seats } = await licensesOf({ boss, people });
  expect(seats, `seed ${seed}`).toBe(1 + people.filter(({ isMember }) => isMember).length);
}

test(`seats and Stripe agree over HTTP too, whatever fails on the way (${schedules} schedules)`, async () => {
  const statuses = async () =>
    Promise.all(companies.map(async (company) => (await licensesOf(company)).licenseBillingStatus));
  await expect.poll(statuses, { timeout: 60_000 }).toEqual(companies.map(() => "Active"));
  for (let round = 0; round < schedules / sideBySide; round += 1) {
    const seed = 1 + round * sideBySide;
    // Stripe's faults are everybody's: whoever plays at once meets the same ones.
    await local("stripe/faults", faults[numbersFrom(seed)(faults.length)], stack.url);
    // Quantities are paced: once that time is over, Stripe is told of a change at once.
    if (round % 4 === 0) await advance("PT21S", stack.url);
    await Promise.all(companies.map((company, n) => play(company, seed + n)));
  }
  await local("stripe/faults", {}, stack.url);
  const settled = async () => {
    await advance("PT1M", stack.url);
    const ledgers = await Promise.all(companies.map(licensesOf));
    return ledgers.map(({ seats, appliedQuantity, drift, openIntent }) => ({
      ...{ isApplied: seats === appliedQuantity, drift, openIntent },
    }));
  };
  await expect
    .poll(settled, { timeout: 60_000, interval: 1_000 })
    .toEqual(companies.map(() => ({ isApplied: true, drift: 0, openIntent: null })));
}, 240_000);
