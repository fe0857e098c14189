import { afterAll, beforeAll, expect, test } from "vitest";
import { numbersFrom } from "../simulation/interleaving.ts";
import { type Person, signIn } from "./client.ts";
import { OwnStack } from "./own-stack.ts";

/** The simulation's claims at transport level: real bundles over HTTP, an engine, the local Stripe and its faults. */
const stack = new OwnStack();
let boss: Person;
const people: { readonly id: string; readonly email: string; isMember: boolean }[] = [];
const schedules = 200;

const local = async (path: string, body?: object): Promise<any> => {
  const response = await fetch(`${stack.url}/_local/${path}`, {
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response.json();
};
const licenses = async () => (await boss.get("/businesses/me/licenses")).body;

beforeAll(async () => {
  await stack.start();
  boss = await signIn({}, stack.url);
  await boss.post("/businesses/me", { name: "Acme" });
  for (let n = 0; n < 4; n += 1) {
    const person = await signIn({}, stack.url);
    const { id } = (await person.get("/users/me")).body;
    people.push({ id, email: person.email, isMember: false });
  }
  const { body } = await boss.post("/businesses/me/subscription", { billingPlan: "Monthly" });
  await local("stripe/checkout", { session: /cs_\w+/.exec(body.url)?.[0] });
}, 120_000);
afterAll(() => stack.remove());

const faults = [{}, {}, { down: true }, { lose: 2 }, { failApplied: 1 }, { failUnapplied: 1 }] as const;

test(`seats and Stripe agree over HTTP too, whatever fails on the way (${schedules} schedules)`, async () => {
  await expect.poll(async () => (await licenses()).licenseBillingStatus, { timeout: 60_000 }).toBe("Active");
  for (let seed = 1; seed <= schedules; seed += 1) {
    const below = numbersFrom(seed);
    await local("stripe/faults", faults[below(faults.length)]);
    const changes = people.filter(() => below(3) === 0);
    const answers = await Promise.all(
      changes.map(async (person, n) => {
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
    const { seats } = await licenses();
    expect(seats, `seed ${seed}`).toBe(1 + people.filter(({ isMember }) => isMember).length);
  }
  await local("stripe/faults", {});
  const settled = async () => {
    await local("clock", { advance: "PT1M" });
    const { seats, appliedQuantity, drift, openIntent } = await licenses();
    return { isApplied: seats === appliedQuantity, drift, openIntent };
  };
  await expect
    .poll(settled, { timeout: 60_000, interval: 1_000 })
    .toEqual({ isApplied: true, drift: 0, openIntent: null });
}, 240_000);
