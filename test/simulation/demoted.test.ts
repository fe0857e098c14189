import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test, vi } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { callOn } from "../table/in-process.ts";
import { boss, changes, make, world } from "./changes.ts";
import type { Item } from "./expressions.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

/** The changes that somebody makes as a member: by the registry, and where they name the company themselves. */
const asMember = Object.keys(changes).filter(
  (key) => endpoints[key]?.specification.caller.kind === "member" || key.startsWith("user-access/"),
);

/** Makes a change whose caller's membership becomes another just before the first commit; answers what is left. */
async function makeMeanwhile(key: string, becomes: Item) {
  const from = await world(key);
  const { table, businessId } = from;
  await callOn(table, "businesses/get-business", boss); // notes the day's use
  let left: string | undefined;
  // What is asked too often may be counted before it is looked at who asks.
  const stateIn = () => JSON.stringify([...table.items].filter(([key]) => !key.startsWith("RATE#")).sort());
  const send = async (command: object) => {
    if (command instanceof TransactWriteCommand && !left) {
      const own = table
        .partition(`BUSINESS#${businessId}`, "MEMBER#")
        .find(({ access }) => access === "owner");
      table.items.set(`${own?.pk}\n${own?.sk}`, { ...own, ...becomes });
      left = stateIn();
    }
    return table.client.send(command as never);
  };
  const { status, body } = await make(key, from, { name: table.name, client: { send } as never });
  return { status, code: body?.code, isUnchanged: stateIn() === left };
}

describe("whoever stops being allowed to a moment before the commit changes nothing", () => {
  test.each(asMember)("%s, removed", async (key) => {
    const { status, isUnchanged } = await makeMeanwhile(key, { state: "Removed" });
    expect([status, isUnchanged]).toEqual([expect.toSatisfy((it) => it === 404 || it === 403), true]);
  });

  test.each(asMember)("%s, demoted", async (key) => {
    const { status, isUnchanged } = await makeMeanwhile(key, { access: "agent" });
    expect([status, isUnchanged]).toEqual([403, true]);
  });
});
