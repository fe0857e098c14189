import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Table } from "../../shared/operation.ts";
import { type CallOptions, callOn, type Person } from "../table/in-process.ts";
import { interleaving } from "./interleaving.ts";
import { MemoryTable } from "./memory-table.ts";

export const person = (subject: string): Person => ({ subject, email: `${subject}@example.com` });

/** Businesses with an Owner each, and somebody who belongs to none. */
export async function companies(...names: string[]) {
  const table = new MemoryTable();
  const ids: Record<string, string> = {};
  const owners: Record<string, Person> = {};
  for (const name of names) {
    const owner = person(`owner-of-${name}`);
    owners[name] = owner;
    ids[owner.subject] = await idOf(table, owner);
    ids[name] = (await callOn(table, "businesses/create-business", owner, { body: { name } })).body.id;
  }
  const anna = person("anna");
  const annaId = await idOf(table, anna);
  return { table, ids, owners, anna, annaId };
}

export type Companies = Awaited<ReturnType<typeof companies>>;

export const idOf = async (table: Table, who: Person): Promise<string> =>
  (await callOn(table, "users/get-me", who)).body.id;

/** Adds somebody to a company, by its Owner. */
export const addTo = (
  { table, ids, owners }: Companies,
  name: string,
  userId: string,
  { access_id = "4", now, ...more }: { access_id?: string; primary?: boolean; now?: number } = {},
  on: Table = table,
  by = owners[name] as Person,
) =>
  callOn(on, "user-access/create-user-access", by, {
    params: { user_id: userId },
    body: { company_id: ids[name], access_id, ...more },
    ...(now !== undefined && { now }),
  });

/** The accesses of somebody, as they see them. */
export async function accessesOf(table: Table, who: Person) {
  const params = { user_id: await idOf(table, who) };
  const { body } = await callOn(table, "user-access/list-user-accesses", who, { params });
  return body.user_accesses as { id: string; primary: boolean; company: { name: string } }[];
}

export const primaryOf = async (table: Table, who: Person): Promise<string[]> =>
  (await accessesOf(table, who)).filter(({ primary }) => primary).map(({ company }) => company.name);

/** POST /v2/user/add. */
export const addUser = (table: Table, by: Person, body: object, options: CallOptions = {}) =>
  callOn(table, "company-users/add-user", by, { body, ...options });

/** The table, where others come between, by seed. */
export function interleaved(table: MemoryTable, seed: number): Table {
  const step = interleaving(seed);
  const send = (command: object) => step(command, () => table.client.send(command as never));
  return { name: table.name, client: { send } as never };
}

/** A table whose next transactions wait until `count` of them have been decided. */
export function meeting(table: MemoryTable, count: number): Table {
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

/** A table where somebody comes between, once, before the first of such commands; else before a transaction. */
export function cutIn(
  table: MemoryTable,
  act: () => Promise<unknown>,
  isIt = (command: object): boolean => command instanceof TransactWriteCommand,
): Table {
  let isDone = false;
  const send = async (command: object) => {
    if (!isDone && isIt(command)) {
      isDone = true;
      await act();
    }
    return table.client.send(command as never);
  };
  return { name: table.name, client: { send } as never };
}

/** Whether a command reads the item of a user. */
export const readsUser = (userId: string) => (command: object) =>
  command instanceof GetCommand &&
  command.input.Key?.pk === `USER#${userId}` &&
  command.input.Key.sk === "USER";

/** All that the table holds, without when people were here last. */
export const stateIn = (table: MemoryTable): string =>
  JSON.stringify([...table.items].sort(), (name, value) => (name === "lastUsedAt" ? undefined : value));

export const seatsOf = (table: MemoryTable, businessId = ""): number =>
  Number(table.partition(`BUSINESS#${businessId}`, "LICENSES")[0]?.seats);
