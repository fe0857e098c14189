import * as fc from "fast-check";
import type { Context } from "../../shared/operation.ts";
import { commit, type Write } from "../../shared/table/commit.ts";
import type { Changes, Condition, Test } from "../../shared/table/expressions.ts";
import { get, getAll, queryAll, queryPage } from "../../shared/table/read.ts";
import type { Key } from "../../shared/table/schema.ts";
import { update } from "../../shared/table/update.ts";

/** A call of one of the table's building blocks, on keys that `at` makes of two small numbers. */
export type Operation = (context: Context, at: At) => Promise<unknown>;
export type At = (partition: number, sort: number) => Key;

const small = fc.integer({ min: -3, max: 3 });
const place = fc.tuple(fc.nat(1), fc.nat(3));
const word = fc.constantFrom("a", "b", "ä");
const scalar = fc.oneof(small, word, fc.boolean());
const list = fc.array(word, { maxLength: 2 });
const some = { requiredKeys: [] };

/** Attributes have types, as ours do: n and m numbers, l lists; the others are whatever they were set to. */
const item = fc.record(
  { n: small, m: small, l: list, s: scalar, o: fc.record({ x: fc.option(scalar), y: list }) },
  { requiredKeys: ["n"] },
);

const test: fc.Arbitrary<Test> = fc.oneof(
  scalar,
  fc.array(scalar, { minLength: 1, maxLength: 3 }),
  fc.constant(null),
  scalar.map((not) => ({ not })),
  small.map((atLeast) => ({ atLeast })),
  small.map((below) => ({ below })),
  small.map((belowOrAbsent) => ({ belowOrAbsent })),
);

const tests = fc.record({ n: test, s: test, absent: test }, some).filter((it) => Object.keys(it).length > 0);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition>("exists", "missing"),
  tests,
  tests,
);

/** No attribute is changed twice in one update, which DynamoDB refuses. */
const changes: fc.Arbitrary<Changes> = fc
  .record(
    {
      set: fc.record({ s: scalar, o: fc.record({ x: list }) }, some),
      setOnce: fc.record({ n: small, k: scalar }, some),
      add: fc.record({ m: small }, some),
      append: fc.record({ l: list }, some),
      remove: fc.uniqueArray(fc.constantFrom("r", "t")),
    },
    some,
  )
  .filter((it) => Object.values(it).some((clause) => Object.keys(clause ?? {}).length > 0));

interface Draft {
  readonly place: readonly [partition: number, sort: number];
  readonly make: (at: Key, n: number) => Write;
}

const put = (place: Draft["place"], item: object): Draft => ({ place, make: (put) => ({ put, item }) });

const write: fc.Arbitrary<Draft> = fc
  .record({ place, when: fc.option(condition, { nil: undefined, freq: 2 }), item, changes, check: condition })
  .chain(({ place, when, item, changes, check }) => {
    const found = (n: number) => (before: unknown) => Object.assign(new Error(`write ${n}`), { before });
    const guarded = (n: number) => ({ ...(when && { when }), orElse: found(n) });
    const make = fc.constantFrom<Draft["make"]>(
      (at, n) => ({ put: at, item, ...guarded(n) }),
      (at, n) => ({ update: at, ...changes, ...guarded(n) }),
      (at, n) => ({ update: at, ...changes, ...guarded(n) }),
      (at, n) => ({ delete: at, ...guarded(n) }),
      (at, n) => ({ check: at, when: check, orElse: found(n) }),
    );
    return make.map((make) => ({ place, make }));
  });

/** Mostly what DynamoDB takes; now and then one item twice, which it refuses. */
const writes = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.uniqueArray(write, {
      minLength: 1,
      maxLength: 4,
      selector: ({ place }) => String(place),
    }),
  },
  { weight: 1, arbitrary: place.map((place) => [put(place, {}), put(place, { n: 1 })]) },
);

const committing =
  (drafts: readonly Draft[]): Operation =>
  (context, at) =>
    commit(
      context,
      drafts.map(({ place: [p, s], make }, n) => make(at(p, s), n)),
    );

const page = fc.record({ limit: fc.integer({ min: 1, max: 3 }), reads: fc.integer({ min: 0, max: 3 }) });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: writes.map(committing),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(place, changes, condition).map(
      ([[p, s], changes, when]): Operation =>
        (context, at) =>
          update(context, at(p, s), changes, when),
    ),
  },
  place.map(
    ([p, s]): Operation =>
      (context, at) =>
        get(context, at(p, s)),
  ),
  fc.uniqueArray(place, { minLength: 1, maxLength: 4, selector: String }).map(
    (places): Operation =>
      async (context, at) => {
        const items = await getAll<Key>(
          context,
          places.map(([p, s]) => at(p, s)),
        );
        return items.sort((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1));
      },
  ),
  fc.tuple(fc.nat(1), fc.boolean(), fc.option(tests, { nil: undefined }), page).map(
    ([p, newestFirst, filter, { limit, reads }]): Operation =>
      async (context, at) => {
        const found: unknown[] = [];
        const wanted = { pk: at(p, 0).pk, prefix: "MEMBER#", newestFirst, reads: limit + reads };
        for (let after: string | undefined, first = true; first || after; first = false) {
          const answer: Awaited<ReturnType<typeof queryPage>> = await queryPage(
            context,
            { ...wanted, ...(filter && { filter }) },
            { limit, after },
          );
          found.push(answer);
          after = answer.after;
        }
        return found;
      },
  ),
);

/** Items to begin with, then whatever comes. */
export const operations = fc
  .tuple(
    fc.uniqueArray(fc.record({ place, item }), {
      minLength: 3,
      maxLength: 6,
      selector: ({ place }) => String(place),
    }),
    fc.array(operation, { minLength: 1, maxLength: 8 }),
  )
  .map(([items, operations]) => [
    committing(items.map(({ place, item }) => put(place, item))),
    ...operations,
  ]);

/** Everything in both partitions. */
export async function contents(context: Context, at: At): Promise<unknown[]> {
  return Promise.all([0, 1].map((p) => queryAll(context, { pk: at(p, 0).pk, prefix: "MEMBER#" })));
}
