import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BusinessNotFound, Failed, Forbidden } from "../../shared/domain/failures.ts";
import type { Context } from "../../shared/operation.ts";
import { commit, type Write } from "../../shared/table/commit.ts";
import { key } from "../../shared/table/schema.ts";
import { contextAt, itemsOf, table } from "./harness.ts";

afterEach(() => void vi.restoreAllMocks());
let count = 0;
const newKey = () => {
  count += 1;
  return key.business(`biz_commit-${process.pid}-${count}`);
};
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Failed) => error.failure,
  );

/** Lets `send` fail with these errors first; answers the tokens that it was sent. */
function failFirst(...errors: Error[]): (string | undefined)[] {
  const send = table.client.send.bind(table.client) as (command: unknown) => Promise<unknown>;
  const tokens: (string | undefined)[] = [];
  vi.spyOn(table.client, "send").mockImplementation((async (command: unknown) => {
    if (!(command instanceof TransactWriteCommand)) return send(command);
    tokens.push(command.input.ClientRequestToken);
    const error = errors.shift();
    if (error) throw error;
    return send(command);
  }) as never);
  return tokens;
}

const conflict = () =>
  new TransactionCanceledException({
    message: "",
    $metadata: {},
    CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
  });
const noAnswer = () =>
  Object.assign(new Error("socket hang up"), { name: "TimeoutError", $metadata: { attempts: 3 } });

describe("a transaction", () => {
  test("writes all or nothing, and the first condition that fails says what it means", async () => {
    const [a, b, c] = [newKey(), newKey(), newKey()];
    const writes: Write[] = [
      { put: a, item: { n: 1 }, when: "missing", orElse: Forbidden },
      { check: b, when: "exists", orElse: BusinessNotFound },
      { check: c, when: { n: 1 }, orElse: Forbidden },
    ];
    expect(await failureOf(commit(contextAt(0), writes))).toBe(BusinessNotFound);
    expect(await itemsOf(a.pk)).toEqual([]);
  });

  test("asks every write that was refused what that means, and throws what the first says", async () => {
    const [a, b, c] = [newKey(), newKey(), newKey()];
    const asked: string[] = [];
    const ask = (name: string) => () => {
      asked.push(name);
      return new Error(name);
    };
    const writes: Write[] = [
      { put: a, item: {}, when: "missing", orElse: ask("holds") },
      { check: b, when: "exists", orElse: ask("first") },
      { update: c, set: { n: 1 }, when: { n: 0 }, orElse: ask("second") },
    ];
    await expect(commit(contextAt(0), writes)).rejects.toThrow("first");
    expect(asked).toEqual(["first", "second"]);
  });

  test("hands the item as it was found to whoever explains the refusal", async () => {
    const at = newKey();
    await commit(contextAt(0), [{ put: at, item: { access: "agent", names: ["x"] }, when: "missing" }]);
    let found: unknown;
    const orElse = (item: unknown) => {
      found = item;
      return new Failed(Forbidden);
    };
    await failureOf(commit(contextAt(0), [{ check: at, when: { access: ["owner", "admin"] }, orElse }]));
    expect(found).toMatchObject({ access: "agent", names: ["x"] });
  });

  test.each([
    ["conflicts", conflict],
    ["gets no answer", noAnswer],
  ])("that %s is retried with one and the same token, and counts once", async (_, error) => {
    const at = newKey();
    const tokens = failFirst(error(), error(), error());
    await commit(contextAt(0), [{ update: at, add: { n: 1 } }]);
    expect(tokens).toHaveLength(4);
    expect(new Set(tokens).size).toBe(1);
    expect(await itemsOf(at.pk)).toMatchObject([{ n: 1 }]);
  });

  test("whose answer was lost after it was written is not written twice", async () => {
    const at = newKey();
    const send = table.client.send.bind(table.client) as (command: unknown) => Promise<unknown>;
    vi.spyOn(table.client, "send").mockImplementationOnce((async (command: unknown) => {
      await send(command);
      throw noAnswer();
    }) as never);
    await commit(contextAt(0), [{ update: at, add: { n: 1 } }]);
    expect(await itemsOf(at.pk)).toMatchObject([{ n: 1 }]);
  });

  test("that goes on conflicting fails as Busy once the invocation has no time left", async () => {
    failFirst(...Array.from({ length: 50 }, conflict));
    const context: Context = { ...contextAt(0), timeLeft: () => 100 };
    await expect(commit(context, [{ update: newKey(), add: { n: 1 } }])).rejects.toMatchObject({
      failure: { code: "busy", status: 503 },
      details: { retryAfter: 1 },
    });
  });

  test("is not sent before the caller's check has passed", async () => {
    const tokens = failFirst();
    const context: Context = { ...contextAt(0), cleared: () => Promise.reject(new Failed(Forbidden)) };
    expect(await failureOf(commit(context, [{ update: newKey(), add: { n: 1 } }]))).toBe(Forbidden);
    expect(tokens).toEqual([]);
  });

  test("refused for a reason of our own making is not retried", async () => {
    const tokens = failFirst(
      Object.assign(new Error("no"), { name: "ValidationException", $metadata: { httpStatusCode: 400 } }),
    );
    await expect(commit(contextAt(0), [{ update: newKey(), add: { n: 1 } }])).rejects.toThrow("no");
    expect(tokens).toHaveLength(1);
  });
});

describe("changes", () => {
  test("set, set once, add, append and remove in one update", async () => {
    const at = newKey();
    await commit(contextAt(0), [{ put: at, item: { a: 1, b: 2, list: ["x"] } }]);
    await commit(contextAt(0), [
      {
        update: at,
        set: { a: 10 },
        setOnce: { a2: 1, list2: [] },
        add: { c: 3 },
        append: { list: ["y"] },
        remove: ["b"],
      },
    ]);
    const [item] = await itemsOf(at.pk);
    expect(item).toEqual({ ...at, a: 10, a2: 1, list2: [], c: 3, list: ["x", "y"] });
  });

  test.each([
    [{ n: 5 }, true],
    [{ n: 6 }, false],
    [{ n: [4, 5] }, true],
    [{ n: { atLeast: 5 } }, true],
    [{ n: { atLeast: 6 } }, false],
    [{ n: { below: 6 } }, true],
    [{ n: { below: 5 } }, false],
    [{ other: null }, true],
    [{ n: null }, false],
    [{ n: 5, other: "x" }, false],
    ["exists", true],
    ["missing", false],
  ] as const)("a condition %j on an item with n = 5 holds: %s", async (when, holds) => {
    const at = newKey();
    await commit(contextAt(0), [{ put: at, item: { n: 5 } }]);
    const failure = await failureOf(commit(contextAt(0), [{ check: at, when, orElse: Forbidden }]));
    expect(failure).toBe(holds ? undefined : Forbidden);
  });
});
