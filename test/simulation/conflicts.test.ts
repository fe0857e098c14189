import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test, vi } from "vitest";
import { endpoints } from "../../functions/index.ts";
import type { Table } from "../../shared/operation.ts";
import { callOn } from "../table/in-process.ts";
import { boss, changes, make, questions, type World, world } from "./changes.ts";
import type { MemoryTable } from "./memory-table.ts";
import { waits } from "./no-waiting.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

/** The table, where `fault` may answer a command before or after it is carried out. */
function faulty(
  table: MemoryTable,
  fault: (command: object, run: () => Promise<unknown>) => Promise<unknown>,
): Table {
  const send = (command: object) => fault(command, () => table.client.send(command as never));
  return { name: table.name, client: { send } as never };
}

const thrown = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const noAnswer = () => Object.assign(new Error("socket hang up"), { name: "TimeoutError", $metadata: {} });
const cancelled = (command: TransactWriteCommand, Code: string) =>
  new TransactionCanceledException({
    message: "",
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: (command.input.TransactItems ?? []).map((_, n, { length }) => ({
      Code: n === Math.min(1, length - 1) ? Code : "None",
    })),
  });

const stateIn = (table: MemoryTable) => JSON.stringify([...table.items].sort());

const first = (count: number, error: (command: TransactWriteCommand) => Error) => {
  let left = count;
  return async (command: object, run: () => Promise<unknown>) => {
    if (!(command instanceof TransactWriteCommand) || left <= 0) return run();
    left -= 1;
    throw error(command);
  };
};

test("the list here has every change of the registry", () => {
  const declared = Object.entries(endpoints).filter(([, { specification }]) => specification.repeat);
  expect([...Object.keys(changes), ...questions].sort()).toEqual(declared.map(([key]) => key).sort());
});

describe.each(Object.keys(changes))("%s", (key) => {
  const send = (from: World, on: Table) => make(key, from, on);

  test.each<[string, (command: TransactWriteCommand) => Error]>([
    ["TransactionConflict", (command) => cancelled(command, "TransactionConflict")],
    ["a throttled item", (command) => cancelled(command, "ThrottlingError")],
    ["too little throughput for an item", (command) => cancelled(command, "ProvisionedThroughputExceeded")],
    ["a transaction in progress", () => thrown("TransactionInProgressException")],
    ["a throttled request", () => thrown("ThrottlingException")],
    ["a server's error", () => thrown("InternalServerError", 500)],
    ["no answer", noAnswer],
  ])("meets %s three times, tries again with jitter, and changes once", async (_, error) => {
    const from = await world(key);
    waits.length = 0;
    const { status, changed, once } = await send(from, faulty(from.table, first(3, error)));
    expect(status).toBeLessThan(300);
    expect(changed).toEqual(once);
    expect(waits.length).toBe(3);
    expect(new Set(waits).size).toBe(3);
  });

  test("whose answer is lost after the commit changes once", async () => {
    const from = await world(key);
    let lost = 0;
    const table = faulty(from.table, async (command, run) => {
      const answer = await run();
      if (command instanceof TransactWriteCommand && lost++ < 2) throw noAnswer();
      return answer;
    });
    const { status, changed, once } = await send(from, table);
    expect(status).toBeLessThan(300);
    expect(changed).toEqual(once);
  });

  test("that goes on conflicting answers 503 with Retry-After, and has changed nothing", async () => {
    const from = await world(key);
    await callOn(from.table, "businesses/get-business", boss); // notes the day's use
    const before = stateIn(from.table);
    const table = faulty(
      from.table,
      first(1_000, (command) => cancelled(command, "TransactionConflict")),
    );
    const { status, body, headers, changed } = await send(from, table);
    expect([status, body.code, headers["retry-after"]]).toEqual([503, "busy", "1"]);
    expect(changed).toEqual({ events: 0, mails: 0 });
    expect(stateIn(from.table)).toBe(before);
  });

  test("with reads that are throttled twice each still answers", async () => {
    const from = await world(key);
    const seen = new Map<string, number>();
    const table = faulty(from.table, async (command, run) => {
      if (command instanceof TransactWriteCommand) return run();
      const what = `${command.constructor.name} ${JSON.stringify((command as { input?: object }).input)}`;
      seen.set(what, (seen.get(what) ?? 0) + 1);
      if ((seen.get(what) ?? 0) <= 2) throw thrown("ProvisionedThroughputExceededException");
      return run();
    });
    expect((await send(from, table)).status).toBeLessThan(300);
  });
});

test("keys that DynamoDB leaves unprocessed are asked for again, until all are there", async () => {
  const { table } = await world();
  for (let n = 0; n < 5; n += 1)
    await callOn(table, "businesses/create-business", boss, { body: { name: `${n}` } });
  const partial = faulty(table, async (command, run) => {
    if (!(command instanceof BatchGetCommand)) return run();
    const [[name = "", request] = []] = Object.entries(command.input.RequestItems ?? {});
    const [one, ...rest] = request?.Keys ?? [];
    const answer = await table.client.send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys: one ? [one] : [] } } }),
    );
    return { ...answer, UnprocessedKeys: rest.length > 0 ? { [name]: { Keys: rest } } : {} };
  });
  const { body } = await callOn(partial, "businesses/list-business-options", boss);
  expect(body.map(({ name }: { name: string }) => name).sort()).toEqual(["0", "1", "2", "3", "4", "Acme"]);
});

test("keys that stay unprocessed end in 503 with Retry-After, never in a part of the list", async () => {
  const { table } = await world();
  const never = faulty(table, async (command, run) =>
    command instanceof BatchGetCommand
      ? { Responses: {}, UnprocessedKeys: command.input.RequestItems }
      : run(),
  );
  const { status, headers } = await callOn(never, "businesses/list-business-options", boss);
  expect([status, headers["retry-after"]]).toEqual([503, "1"]);
});
