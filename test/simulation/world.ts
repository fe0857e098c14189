import { endpoints } from "../../functions/index.ts";
import type { Table } from "../../shared/operation.ts";
import { repeatable } from "../../shared/table/idempotency.ts";
import { bodyOf, pathOf, queryOf, unknown } from "../api/registry.ts";
import { type CallOptions, callOn, type Person } from "../table/in-process.ts";
import { MemoryTable } from "./memory-table.ts";

export const now = 1_800_000_000_000;
export const nobody = unknown.userId ?? "";
export const nowhere = "biz_00000000000000000000000000";
export const [boss, admin, agent, outsider] = ["boss", "admin", "agent", "outsider"].map(
  (subject): Person => ({ subject, email: `${subject}@example.com` }),
) as [Person, Person, Person, Person];

/** A business with an Owner, an Admin and an Agent, and somebody who belongs to none. */
export async function world() {
  const table = new MemoryTable();
  const ids = {} as Record<string, string>;
  for (const who of [boss, admin, agent, outsider]) {
    ids[who.subject] = (await callOn(table, "users/get-me", who)).body.id;
  }
  ids.business = (
    await callOn(table, "businesses/create-business", boss, { body: { name: "Acme" } })
  ).body.id;
  for (const [who, role] of [
    [admin, "Admin"],
    [agent, "Agent"],
  ] as const) {
    await callOn(table, "members/add-member", boss, { body: { userId: ids[who.subject], role } });
  }
  return { table, ids };
}

export type World = Awaited<ReturnType<typeof world>>;
export type Provoked = Promise<{ status: number; body: { code: string } }>;
export type Provoke = (world: World, key: string) => Provoked;

export const ask = (table: Table, key: string, who: Person, options: CallOptions = {}): Provoked =>
  callOn(table, key, who, { body: bodyOf(key), query: queryOf(key), params: unknown, now, ...options });

/** Has the business keep the outsider as an inactive member. */
export const keepOut = ({ table }: World) =>
  callOn(table, "company-users/add-user", boss, { body: { email: outsider.email, state: "INACTIVE" } });

/** A table that answers every command with an error. */
export function broken(name: string, $metadata = { httpStatusCode: 400 }): Table {
  const send = async () => Promise.reject(Object.assign(new Error(name), { name, $metadata }));
  return { name: "broken", client: { send } as never };
}

/** Leaves a record of a request that bears a key, as old and with that body, and sends the request. */
export async function repeated(
  world: World,
  key: string,
  age: number,
  outcome: object,
  body = bodyOf(key),
): Provoked {
  const [method = ""] = endpoints[key]?.specification.route.split(" ") ?? [];
  const path = pathOf(key);
  const identity = { issuer: "https://idp.example.com", subject: boss.subject };
  const sent = Buffer.from(body === undefined ? "" : JSON.stringify(body)).toString("base64");
  const { at, bodyHash } = repeatable(identity, { business: "", method, path, key: "k" }, sent);
  const item = { ...at, bodyHash, outcome, createdAt: now - age, expiresAt: now + 1_000 };
  world.table.items.set(`${at.pk}\n${at.sk}`, item);
  return ask(world.table, key, boss, { headers: { "idempotency-key": "k" } });
}
