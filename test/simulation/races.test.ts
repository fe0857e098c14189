import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test, vi } from "vitest";
import type { Table } from "../../shared/operation.ts";
import { repeatable } from "../../shared/table/idempotency.ts";
import { callOn, type Person } from "../table/in-process.ts";
import { MemoryTable } from "./memory-table.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const [one, two]: Person[] = ["one", "two"].map((subject) => ({ subject, email: `${subject}@example.com` }));
const idOf = async (table: Table, who: Person) =>
  (await callOn(table, "users/get-me", who)).body.id as string;

/** A business with two Owners. */
async function twoOwners(table: MemoryTable, first: Person, second: Person) {
  const ids = [await idOf(table, first), await idOf(table, second)];
  await callOn(table, "businesses/create-business", first, { body: { name: "Acme" } });
  await callOn(table, "members/add-member", first, { body: { userId: ids[1], role: "Owner" } });
  return ids as [string, string];
}

/** A table whose next transactions wait until `count` of them have been decided. */
function meeting(table: MemoryTable, count: number): Table {
  const waiting: (() => void)[] = [];
  const send = async (command: object) => {
    if (command instanceof TransactWriteCommand && waiting.length < count) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === count) for (const go of waiting) go();
      });
    }
    return table.client.send(command as never);
  };
  return { name: "meeting", client: { send } as never };
}

describe("two owners demoting each other at once", () => {
  test("one succeeds, one gets 409; an owner remains", async () => {
    if (!one || !two) return;
    const table = new MemoryTable();
    const [first, second] = await twoOwners(table, one, two);
    const together = meeting(table, 2);
    const body = { role: "Agent" };
    const answers = await Promise.all([
      callOn(together, "members/update-member", one, { params: { userId: second }, body }),
      callOn(together, "members/update-member", two, { params: { userId: first }, body }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe("last_owner");
    const [business] = [...table.items.values()].filter(({ sk }) => sk === "BUSINESS");
    expect(business?.ownerCount).toBe(1);
  });
});

describe("a request that comes twice at once", () => {
  test("is never refused for what its twin has just done", async () => {
    if (!one || !two) return;
    const table = new MemoryTable();
    const [, second] = await twoOwners(table, one, two);
    const options = { params: { userId: second }, headers: { "idempotency-key": "k" } };
    let isHeld = true;
    const send = async (command: object) => {
      const answer = await table.client.send(command as never);
      // The twin looks for the record before it is there, and at the member after they have gone.
      if (isHeld && command.constructor.name === "GetCommand") {
        isHeld = false;
        expect((await callOn(table, "members/remove-member", one, options)).status).toBe(204);
      }
      return answer;
    };
    const late: Table = { name: "late", client: { send } as never };
    expect((await callOn(late, "members/remove-member", one, options)).status).toBe(204);
  });

  test("is answered anew in the business of its change, where its first answer was lost", async () => {
    if (!one || !two) return;
    const table = new MemoryTable();
    await twoOwners(table, one, two);
    const options = { body: { name: "Renamed" }, headers: { "idempotency-key": "k" } };
    expect((await callOn(table, "businesses/update-business", one, options)).body.name).toBe("Renamed");
    const { at } = repeatable(
      { issuer: "https://idp.example.com", subject: "one" },
      { business: "", method: "PUT", path: "/businesses/me", key: "k" },
      "",
    );
    const record = table.items.get(`${at.pk}\n${at.sk}`);
    delete record?.answer;
    await callOn(table, "businesses/create-business", one, { body: { name: "Another" } });
    const later = { ...options, now: 1_800_000_040_000 };
    expect((await callOn(table, "businesses/update-business", one, later)).body.name).toBe("Renamed");
  });

  test("shows nothing to somebody who was removed since they switched", async () => {
    if (!one || !two) return;
    const table = new MemoryTable();
    const [, second] = await twoOwners(table, one, two);
    const businessId = (await callOn(table, "businesses/get-business", one)).body.id;
    const options = { body: { businessId }, headers: { "idempotency-key": "k" } };
    expect((await callOn(table, "businesses/switch-business", two, options)).status).toBe(200);
    for (const item of table.items.values()) delete item.answer;
    await callOn(table, "members/remove-member", one, { params: { userId: second } });
    const again = { ...options, now: 1_800_000_040_000 };
    expect((await callOn(table, "businesses/switch-business", two, again)).body.code).toBe(
      "business_not_found",
    );
  });

  test("shows nothing to somebody who was removed since", async () => {
    if (!one || !two) return;
    const table = new MemoryTable();
    const [, second] = await twoOwners(table, one, two);
    const options = { body: { name: "Renamed" }, headers: { "idempotency-key": "k" } };
    await callOn(table, "businesses/update-business", two, options);
    for (const item of table.items.values()) delete item.answer;
    await callOn(table, "members/remove-member", one, { params: { userId: second } });
    const { status, body } = await callOn(table, "businesses/update-business", two, {
      ...options,
      now: 1_800_000_040_000,
    });
    expect([status, body.code]).toEqual([404, "business_not_found"]);
  });
});

test("somebody with 60 businesses is renamed in all of them, once, also where it was ended in the middle", async () => {
  if (!one) return;
  const table = new MemoryTable();
  const id = await idOf(table, one);
  for (let n = 0; n < 60; n += 1)
    await callOn(table, "businesses/create-business", one, { body: { name: `${n}` } });
  let left = 1;
  const dying: Table = {
    name: "dying",
    client: {
      send: async (command: object) => {
        if (command instanceof TransactWriteCommand && left-- <= 0) throw new Error("killed");
        return table.client.send(command as never);
      },
    } as never,
  };
  const change = { body: { name: "Renamed" }, headers: { "idempotency-key": "k" } };
  expect((await callOn(dying, "users/update-me", one, change)).status).toBe(500);
  expect((await callOn(table, "users/update-me", one, change)).status).toBe(200);
  const members = [...table.items.values()].filter(
    ({ sk, userId }) => sk === `MEMBER#${id}` && userId === id,
  );
  expect(members.map(({ userName }) => userName)).toEqual(Array(60).fill("Renamed"));
  const events = table.partition(`USER#${id}`, "EVENT#").filter(({ type }) => type === "user.updated");
  expect(events).toHaveLength(1);
});
