/** Writes, conditions and changes at random, in every form that the table's building blocks take. */
import * as fc from "fast-check";
import type { Write } from "../../shared/table/commit.ts";
import type { Changes, Condition, Test } from "../../shared/table/expressions.ts";
import type { Key } from "../../shared/table/schema.ts";

const small = fc.integer({ min: -3, max: 3 });
export const place = fc.tuple(fc.nat(1), fc.nat(3));
const word = fc.constantFrom("a", "b", "ä");
const scalar = fc.oneof(small, word, fc.boolean());
const list = fc.array(word, { maxLength: 2 });
const some = { requiredKeys: [] };

/** Attributes have types, as ours do: n and m numbers, l lists; the others are whatever they were set to. */
export const item = fc.record(
  { n: small, m: small, l: list, s: scalar, o: fc.record({ x: fc.option(scalar), y: list }) },
  { requiredKeys: ["n"] },
);

const test: fc.Arbitrary<Test> = fc.oneof(
  scalar,
  fc.array(scalar, { minLength: 1, maxLength: 3 }),
  fc.constant(null),
  scalar.map((not) => ({ not })),
  small.map((atLeast) => ({ atLeast })),
  fc.constant({ exists: true } as const),
  small.map((atMost) => ({ atMost })),
  small.map((above) => ({ above })),
  small.map((below) => ({ below })),
  small.map((belowOrAbsent) => ({ belowOrAbsent })),
  fc.constantFrom("m", "r").map((belowLimit) => ({ belowLimit })),
);

export const tests = fc
  .record({ n: test, s: test, absent: test }, some)
  .filter((it) => Object.keys(it).length > 0);

export const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition>("exists", "missing"),
  tests,
  tests,
  fc.array(tests, { minLength: 1, maxLength: 2 }),
);

const standing = fc.constantFrom("a", "b", "c", "none", "as before");
/** Where a write puts an item in the indexes: at a place, at none, or wherever it was. */
const standings = fc.record({ gsi1: standing, gsi2: standing });

/** One partition of each index for both of the table's. */
export const indexPartition = ({ pk }: Key): string => pk.replace(/-\d$/, "");

function indexKeys(at: Key, where: { readonly gsi1: string; readonly gsi2: string }) {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const [index, place] of Object.entries(where)) {
    if (place === "none") remove.push(`${index}pk`, `${index}sk`);
    else if (place !== "as before")
      Object.assign(set, { [`${index}pk`]: indexPartition(at), [`${index}sk`]: place });
  }
  return { set, remove };
}

/** No attribute is changed twice in one update, which DynamoDB refuses. */
export const changes: fc.Arbitrary<Changes> = fc
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

/** A write of a place that is not decided yet: the nth of its transaction. */
export interface Draft {
  readonly place: readonly [partition: number, sort: number];
  readonly make: (at: Key, n: number) => Write;
}

export const put = (place: Draft["place"], item: object): Draft => ({
  place,
  make: (put) => ({ put, item }),
});

const write: fc.Arbitrary<Draft> = fc
  .record({
    place,
    when: fc.option(condition, { nil: undefined, freq: 2 }),
    item,
    changes,
    standings,
    check: condition,
  })
  .chain(({ place, when, item, changes, standings, check }) => {
    const found = (n: number) => (before: unknown) => Object.assign(new Error(`write ${n}`), { before });
    const guarded = (n: number) => ({ ...(when && { when }), orElse: found(n) });
    const updated = (at: Key): Changes => {
      const { set, remove } = indexKeys(at, standings);
      const { remove: others = [] } = changes;
      return { ...changes, set: { ...changes.set, ...set }, remove: [...others, ...remove] };
    };
    const make = fc.constantFrom<Draft["make"]>(
      (at, n) => ({ put: at, item: { ...item, ...indexKeys(at, standings).set }, ...guarded(n) }),
      (at, n) => ({ update: at, ...updated(at), ...guarded(n) }),
      (at, n) => ({ update: at, ...updated(at), ...guarded(n) }),
      (at, n) => ({ delete: at, ...guarded(n) }),
      (at, n) => ({ check: at, when: check, orElse: found(n) }),
    );
    return make.map((make) => ({ place, make }));
  });

/** Mostly what DynamoDB takes; now and then one item twice, which it refuses. */
export const writes = fc.oneof(
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
