import * as fc from "fast-check";
import { expect } from "vitest";
import type { Context } from "../../shared/operation.ts";
import { commit } from "../../shared/table/commit.ts";
import { countAll, type PageOf, queryAll, queryPage } from "../../shared/table/query.ts";
import { queryIndex } from "../../shared/table/query-index.ts";
import { get, getAll } from "../../shared/table/read.ts";
import type { Key } from "../../shared/table/schema.ts";
import { update } from "../../shared/table/update.ts";
import {
  changes,
  condition,
  type Draft,
  indexPartition,
  item,
  place,
  put,
  tests,
  writes,
} from "./random-writes.ts";

/** A call of one of the table's building blocks, on keys that `at` makes of two small numbers. */
export type Operation = (context: Context, at: At) => Promise<unknown>;
export type At = (partition: number, sort: number) => Key;

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
  fc.tuple(fc.nat(1), fc.option(tests, { nil: undefined })).map(
    ([p, filter]): Operation =>
      (context, at) =>
        countAll(context, { pk: at(p, 0).pk, prefix: "MEMBER#", ...(filter && { filter }) }),
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
  fc
    .record({
      index: fc.constantFrom("gsi1" as const, "gsi2" as const),
      upTo: fc.option(fc.constantFrom("a", "b", "bb")),
      filter: fc.option(tests),
      limit: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ index, upTo, filter, limit }): Operation => {
      // gsi2 holds keys only: nothing to filter by.
      const wanted = { index, ...(upTo && { upTo }), ...(filter && index === "gsi1" && { filter }) };
      return async (context, at) => {
        const found: (Key & Record<string, unknown>)[] = [];
        for (let after: string | undefined, first = true; first || after; first = false) {
          const list = { ...wanted, pk: indexPartition(at(0, 0)) };
          const page: PageOf<(typeof found)[0]> = await queryIndex(context, list, { limit, after });
          found.push(...page.items);
          after = page.after;
        }
        const places = found.map((item) => String(item[`${index}sk`]));
        expect(places).toEqual([...places].sort());
        // Items of one place come in whatever order.
        return found.sort((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1));
      };
    }),
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
