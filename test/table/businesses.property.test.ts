import { randomUUID } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { call, itemsOf, type Person } from "./harness.ts";

let run = 0;

type Step =
  | { readonly do: "create"; readonly who: number }
  | { readonly do: "switch"; readonly who: number; readonly to: number }
  | { readonly do: "rename"; readonly who: number; readonly of: number };

const who = fc.integer({ min: 0, max: 2 });
const which = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("create" as const), who }),
  fc.record({ do: fc.constant("switch" as const), who, to: which }),
  fc.record({ do: fc.constant("rename" as const), who, of: which }),
);

/** Batches run one after the other; the steps of a batch run at once. */
const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });

test("whatever three people do at once: one current business each, counts that agree, one event per change", async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (schedule) => {
      run += 1;
      const people: Person[] = [0, 1, 2].map((n) => ({ subject: `property-${process.pid}-${run}-${n}` }));
      const businesses: { id: string; owner: number; events: number }[] = [];
      const switches = [0, 0, 0];
      for (const batch of schedule) {
        const known = [...businesses];
        await Promise.all(
          batch.map(async (it) => {
            const person = people[it.who] ?? { subject: "" };
            if (it.do === "create") {
              const { status, body } = await call("businesses/create-business", person, {
                body: { name: "Acme" },
              });
              expect(status).toBe(201);
              businesses.push({ id: body.id, owner: it.who, events: 1 });
              return;
            }
            const target = known[(it.do === "switch" ? it.to : it.of) % Math.max(known.length, 1)];
            if (!target) return;
            const expected = target.owner === it.who ? 200 : 404;
            if (it.do === "switch") {
              const body = { businessId: target.id };
              expect((await call("businesses/switch-business", person, { body })).status).toBe(expected);
              if (expected === 200) switches[it.who] = (switches[it.who] ?? 0) + 1;
            } else {
              const headers = { "x-business-id": target.id };
              const body = { name: `Acme ${randomUUID()}` };
              expect((await call("businesses/update-business", person, { body, headers })).status).toBe(
                expected,
              );
              if (expected === 200) target.events += 1;
            }
          }),
        );
      }
      for (const { id, events } of businesses) {
        const items = await itemsOf(`BUSINESS#${id}`);
        const of = (prefix: string) => items.filter(({ sk }) => String(sk).startsWith(prefix));
        const active = of("MEMBER#").filter(({ state }) => state === "Active");
        expect(of("LICENSES")[0]?.seats).toBe(active.length);
        expect(of("BUSINESS")[0]?.ownerCount).toBe(active.filter(({ access }) => access === "owner").length);
        expect(of("EVENT#")).toHaveLength(events);
      }
      for (const [n, person] of people.entries()) {
        const owned = businesses.filter(({ owner }) => owner === n).map(({ id }) => id);
        const { body } = await call("users/get-me", person);
        const items = await itemsOf(`USER#${body.id}`);
        expect(items.filter(({ sk }) => String(sk).startsWith("MEMBER#"))).toHaveLength(owned.length);
        expect(body.business === null || owned.includes(body.business.id)).toBe(true);
        expect(body.business === null).toBe(owned.length === 0);
        const events = items.filter(({ sk }) => String(sk).startsWith("EVENT#"));
        expect(events).toHaveLength(1 + (switches[n] ?? 0));
      }
    }),
    { numRuns: 40 },
  );
});
