import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { markdown } from "../bench/cost-table.ts";
import { linesOf } from "./budget-lines.ts";
import { budgets } from "./budgets.ts";
import { rareLines } from "./budgets-of-sign-in.ts";
import { engage, fill } from "./cast.ts";
import { countsUnits } from "./engine.ts";
import { table } from "./harness.ts";
import { callOn } from "./in-process.ts";
import { Meter } from "./meter.ts";
import { measure, onlyReads, spentIn } from "./spend.ts";

const lines = Object.keys(endpoints).flatMap(linesOf);
const readers = engage(table);

test("every endpoint has a budget", () => {
  expect(Object.keys(budgets).sort()).toEqual(Object.keys(endpoints).sort());
});

test("the README's table is made of the budgets", () => {
  expect(readFileSync("README.md", "utf8")).toContain(markdown());
});

describe.runIf(countsUnits)("what a call spends is its budget", () => {
  test.each([...lines, ...rareLines])("$endpoint ($when)", async (line) => {
    const cast = onlyReads(line) ? await readers : undefined;
    expect(await measure(table, line, cast)).toEqual(spentIn(line.rounds));
  });
});

describe("bounds in round trips, one fewer where the business is in the header", () => {
  test.each(lines.filter(onlyReads))("a read: 3, of $endpoint ($when)", ({ endpoint, rounds, inHeader }) => {
    const byName = budgets[endpoint]?.byName ? 1 : 0;
    expect(rounds.length).toBeLessThanOrEqual((inHeader ? 2 : 3) + byName);
  });

  test.each(lines.filter((line) => !onlyReads(line)))(
    "a change: 4 until its commit, the only write until then, and 5 after it, of $endpoint ($when)",
    ({ endpoint, rounds, inHeader }) => {
      const { untilCommit, after } = spentIn(rounds);
      const writes = rounds.slice(0, untilCommit).flatMap((round) => round.filter((call) => call.writes > 0));
      const inOrder = budgets[endpoint]?.readsInOrder ? 1 : 0;
      expect(untilCommit).toBeLessThanOrEqual((inHeader ? 3 : 4) + inOrder);
      expect(writes).toMatchObject([{ commits: true }]);
      expect(after).toBeLessThanOrEqual(5);
    },
  );
});

test.runIf(countsUnits)("a page of 100 of 2,000 members spends what a page of 100 of 100 does", async () => {
  const spent = await Promise.all(
    [100, 2_000].map(async (members) => {
      const { owner, businessId } = await engage(table);
      await fill(table, businessId, members);
      const meter = new Meter(table);
      const { body } = await callOn(meter, "members/list-members", owner, { query: { limit: "100" } });
      expect(body).toHaveLength(100);
      return spentIn(meter.rounds);
    }),
  );
  expect(spent[1]).toEqual(spent[0]);
});
