import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Context } from "../../shared/operation.ts";
import { get, getAll } from "../../shared/table/read.ts";
import { key } from "../../shared/table/schema.ts";
import { update } from "../../shared/table/update.ts";
import { MemoryTable } from "../simulation/memory-table.ts";
import { contextAt } from "./harness.ts";
import { type At, contents, type Operation, operations } from "./random-operations.ts";

let run = 0;

/** What an operation answers, or how it fails. */
function outcomeOf(operation: Operation, context: Context, at: At): Promise<unknown> {
  return operation(context, at).then(
    (answer) => ({ answer }),
    ({ name, message, before }) => ({ failed: name === "Error" ? message : name, before }),
  );
}

test("the table in memory answers and holds what this run's engine does, whatever is asked of both", async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (sequence) => {
      run += 1;
      const [engine, memory] = [contextAt(0), { ...contextAt(0), table: new MemoryTable() }];
      const at: At = (p, s) => key.member(`biz_engines-${process.pid}-${run}-${p}`, `usr_${s}`);
      for (const operation of sequence) {
        const [expected, found] = await Promise.all([
          outcomeOf(operation, engine, at),
          outcomeOf(operation, memory, at),
        ]);
        expect(found).toEqual(expected);
      }
      expect(await contents(memory, at)).toEqual(await contents(engine, at));
    }),
    { numRuns: 200 },
  );
}, 60_000);

test("a key longer than a table takes is refused by the table in memory as by this run's engine", async () => {
  const at = (pk: number, sk: number) =>
    ({ pk: `BUSINESS#${"x".repeat(pk - 9)}`, sk: "x".repeat(sk) }) as const;
  for (const key of [at(2_048, 1_024), at(2_049, 1), at(10, 1_025), at(10, 1_100)]) {
    const operations: Operation[] = [
      (context) => get(context, key),
      (context) => getAll(context, [key]),
      (context) => update(context, key, { set: { a: 1 } }, "exists"),
    ];
    for (const operation of operations) {
      const contexts = [contextAt(0), { ...contextAt(0), table: new MemoryTable() }];
      const [expected, found] = await Promise.all(
        contexts.map((one) => outcomeOf(operation, one, () => key)),
      );
      expect([key.pk.length, key.sk.length, nameOf(found)]).toEqual([
        key.pk.length,
        key.sk.length,
        nameOf(expected),
      ]);
    }
  }
});

const nameOf = (outcome: unknown) => (outcome as { readonly failed?: string }).failed;
