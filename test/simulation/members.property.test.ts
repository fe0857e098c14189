import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { roles } from "../../shared/domain/accesses.ts";
import { callOn, type Person } from "../table/in-process.ts";
import { interleaving } from "./interleaving.ts";
import { expectSound, stateOf } from "./invariants.ts";
import { MemoryTable } from "./memory-table.ts";
import { apply, type Model, nothing, type Step } from "./model.ts";

vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
vi.spyOn(console, "log").mockImplementation(() => {});

const sequences = Number(process.env.SEQUENCES ?? 1_000);
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const person = fc.integer({ min: 0, max: 3 });
const at = fc.integer({ min: 0, max: 2 });
const role = fc.constantFrom(...roles);
const kind = <K extends string>(...names: K[]) => fc.constantFrom(...names);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: kind("create"), who: person, as: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: kind("switch"), who: person, at }) },
  { weight: 1, arbitrary: fc.record({ do: kind("rename"), who: person, at }) },
  { weight: 4, arbitrary: fc.record({ do: kind("add", "role"), who: person, at, whom: person, role }) },
  { weight: 4, arbitrary: fc.record({ do: kind("remove", "transfer"), who: person, at, whom: person }) },
);

/** Groups run one after the other; the steps of a group run at once, and `twice` as a client that retries. */
const group = fc.array(fc.record({ step, twice: fc.boolean() }), { minLength: 1, maxLength: 3 });
const schedule = fc.record({ groups: fc.array(group, { minLength: 2, maxLength: 8 }), order: fc.integer() });

const ofPerson = (n: number): Person => ({
  subject: `person-${n}`,
  email: `person-${n}@example.com`,
  name: `P${n}`,
});

test(
  `whatever several people do to members at once, ${sequences} times, rules and counts hold (SEED=${seed})`,
  async () => {
    await fc.assert(fc.asyncProperty(schedule, run), { numRuns: sequences, seed });
  },
  sequences * 100,
);

interface Schedule {
  readonly groups: readonly (readonly { readonly step: Step; readonly twice: boolean }[])[];
  readonly order: number;
}

async function run({ groups, order }: Schedule): Promise<void> {
  const table = new MemoryTable(interleaving(order));
  const users: string[] = [];
  for (const n of [0, 1, 2, 3]) users.push((await callOn(table, "users/get-me", ofPerson(n))).body.id);
  const ids: string[] = [];
  let model: Model = nothing;
  let events = users.length;
  let now = 1_800_000_000_000;

  /** Sends a step as its person would; answers whether it was accepted. */
  async function send(step: Step, key: string): Promise<{ ok: boolean; created?: string }> {
    const business = "at" in step ? (ids[step.at] ?? "biz_00000000000000000000000000") : "";
    const headers = { "idempotency-key": key, ...(business && { "x-business-id": business }) };
    const params = "whom" in step ? { userId: users[step.whom] ?? "" } : {};
    const [endpoint, body] = requestOf(step, business, params.userId);
    const answer = await callOn(table, endpoint, ofPerson(step.who), { headers, params, body, now });
    expect(answer.status).toBeLessThan(500);
    const ok = answer.status < 300;
    return ok && step.do === "create" ? { ok, created: answer.body.id } : { ok };
  }

  for (const [g, drawn] of groups.entries()) {
    now += 60_000;
    let next = ids.length;
    const steps = drawn.map(({ step, twice }) => {
      if (step.do !== "create") return { step, twice };
      next += 1;
      return { step: { ...step, as: next - 1 }, twice };
    });
    const answers = await Promise.all(
      steps.map(async ({ step, twice }, n) => {
        const tries = await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => send(step, `${g}-${n}`)));
        return tries.find(({ ok }) => ok) ?? { ok: false };
      }),
    );
    ids.push(...answers.flatMap(({ created }) => (created ? [created] : [])));
    const found = stateOf(table, ids, users);
    const explained = explain(
      model,
      steps.map(({ step }) => step),
      answers,
      now,
      found,
      ids.length,
    );
    expect(explained, "an order of the steps that explains answers and state").toBeDefined();
    if (!explained) return;
    model = explained.model;
    events += explained.changes;
    expectSound(table, ids, users, events);
  }
}

function requestOf(step: Step, business: string, userId = ""): [endpoint: string, body?: unknown] {
  if (step.do === "create") return ["businesses/create-business", { name: "Acme" }];
  if (step.do === "switch") return ["businesses/switch-business", { businessId: business }];
  if (step.do === "rename") return ["businesses/update-business", { name: "Renamed" }];
  if (step.do === "add") return ["members/add-member", { userId, role: step.role }];
  if (step.do === "role") return ["members/update-member", { role: step.role }];
  return [step.do === "remove" ? "members/remove-member" : "members/transfer-ownership"];
}

/** Looks for an order in which the model, step by step, gives the very answers and the very state. */
function explain(
  model: Model,
  steps: readonly Step[],
  answers: readonly { ok: boolean }[],
  now: number,
  found: string,
  businesses: number,
) {
  for (const order of permutations(steps.map((_, n) => n))) {
    let after = model;
    let changes = 0;
    const fits = order.every((n) => {
      const step = steps[n];
      const outcome = step && apply(after, step, now);
      if (!outcome || outcome.ok !== answers[n]?.ok) return false;
      if (outcome.ok) {
        after = outcome.model;
        changes += Number(outcome.changed);
      }
      return true;
    });
    if (fits && describe(after, businesses) === found) return { model: after, changes };
  }
  return undefined;
}

/** A model's state in the words of `stateOf`. */
function describe({ businesses, current }: Model, count: number): string {
  const members = Array.from({ length: count }, (_, n) =>
    [...(businesses.get(n) ?? [])].map(([who, { role: as }]) => `${who}:${as}`).sort(),
  );
  return JSON.stringify({ members, current: [0, 1, 2, 3].map((n) => current.get(n) ?? null) });
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, n) => permutations(items.toSpliced(n, 1)).map((rest) => [item, ...rest]));
}
