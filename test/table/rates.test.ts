import { describe, expect, test } from "vitest";
import { commit } from "../../shared/table/commit.ts";
import { count } from "../../shared/table/rates.ts";
import { contextAt, itemsOf } from "./harness.ts";

const now = 1_800_000_030_000;
const aMinute = 60_000;
let scopes = 0;
const newScope = () => {
  scopes += 1;
  return `rates-${process.pid}-${scopes}`;
};

class Refused extends Error {
  readonly left: number;
  readonly retryAfter: number;

  constructor(left: number, retryAfter: number) {
    super("refused");
    this.left = left;
    this.retryAfter = retryAfter;
  }
}

/** Counts so many in a window of a minute, of which five may be; tells what is left where that is too much. */
function take(scope: string, by: number, at = now) {
  const rate = { scope, limit: 5, window: aMinute };
  const write = count(rate, by, at, (left, retryAfter) => new Refused(left, retryAfter));
  return commit(contextAt(at), [write]).then(
    () => "taken" as const,
    (error) => {
      if (!(error instanceof Refused)) throw error;
      return { left: error.left, retryAfter: error.retryAfter };
    },
  );
}

describe("a rate", () => {
  test("lets as many pass as it allows, and no more, however many come at once", async () => {
    const scope = newScope();
    const answers = await Promise.all(Array.from({ length: 20 }, () => take(scope, 1)));
    expect(answers.filter((answer) => answer === "taken")).toHaveLength(5);
    expect(answers.filter((answer) => answer !== "taken")).toEqual(
      Array.from({ length: 15 }, () => ({ left: 0, retryAfter: 30 })),
    );
    expect(await itemsOf(`RATE#${scope}`)).toMatchObject([{ count: 5 }]);
  });

  test("counts several at once, or none of them, and says how many it would still have allowed", async () => {
    const scope = newScope();
    expect(await take(scope, 6)).toEqual({ left: 5, retryAfter: 30 });
    expect(await take(scope, 3)).toBe("taken");
    expect(await take(scope, 3)).toEqual({ left: 2, retryAfter: 30 });
    expect(await take(scope, 2)).toBe("taken");
    expect(await take(scope, 6)).toEqual({ left: 0, retryAfter: 30 });
  });

  test("begins anew with each window, and what is over is garbage", async () => {
    const scope = newScope();
    expect(await take(scope, 5)).toBe("taken");
    expect(await take(scope, 1, now + aMinute - 30_001)).toEqual({ left: 0, retryAfter: 1 });
    expect(await take(scope, 5, now + aMinute - 30_000)).toBe("taken");
    for (const { sk, expiresAtTtl } of await itemsOf(`RATE#${scope}`))
      expect(Number(expiresAtTtl) * 1_000).toBe(Date.parse(String(sk)) + 2 * aMinute);
  });
});
