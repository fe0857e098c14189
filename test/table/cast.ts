import { randomUUID } from "node:crypto";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Table } from "../../shared/operation.ts";
import { type Key, key } from "../../shared/table/schema.ts";
import { callOn, type Person } from "./in-process.ts";

/** The people of a budget's line: an Owner of three businesses, an Agent in the current one, and somebody else. */
export interface Cast {
  readonly owner: Person;
  readonly agent: Person;
  readonly businessId: string;
  readonly agentId: string;
  readonly stranger: Person & { readonly id: string; readonly email: string };
  readonly table: Table;
}

/** A person who has never signed in. */
export function somebody(): Person {
  const subject = randomUUID();
  return { subject, email: `${subject}@example.com`, name: "Olivia Owner" };
}

export async function engage(table: Table): Promise<Cast> {
  const [owner, agent, stranger] = [somebody(), somebody(), somebody()];
  const idOf = async (who: Person): Promise<string> => (await callOn(table, "users/get-me", who)).body.id;
  const [agentId, strangerId] = await Promise.all([idOf(agent), idOf(stranger)]);
  let businessId = "";
  for (const name of ["Analytical Engines", "Bernoulli Press", "Difference Works"]) {
    const { body } = await callOn(table, "businesses/create-business", owner, { body: { name } });
    businessId = body.id;
  }
  const added = { userId: agentId, role: "Agent" };
  await callOn(table, "members/add-member", owner, { body: added });
  return {
    owner,
    agent,
    businessId,
    agentId,
    stranger: { ...stranger, id: strangerId, email: stranger.email ?? "" },
    table,
  };
}

/** A user with one membership whom nobody has signed in as, and who has this person's email. */
export async function preCreate(table: Table, businessId: string, person: Person): Promise<Person> {
  const { subject: userId, email = "" } = person;
  const id = `mem_${userId}`;
  const created = { createdAt: 1, createdByUserId: "usr_1" };
  const member = { id, businessId, userId, access: "agent", state: "Active", ...created };
  const versions = { membershipsVersion: 1, version: 0 };
  const items = [
    {
      ...key.user(userId),
      id: userId,
      email,
      identities: [],
      currentBusinessId: businessId,
      ...versions,
      ...created,
    },
    { ...key.email(email), userId, signedIn: false, address: email },
    { ...key.member(businessId, userId), ...member },
    { ...key.userMember(userId, businessId), id, businessId, joinedAt: 1 },
  ];
  await store(table, items.length, (n) => items[n] as Key);
  return person;
}

export const numbered = (prefix: string, n: number) => `${prefix}_0${String(n).padStart(25, "0")}`;

/** Where `fill` puts the nth member. */
export const memberKey = (businessId: string, n: number): Key => key.member(businessId, numbered("usr", n));

/** Fills a business with members, straight into the table. */
export async function fill(table: Table, businessId: string, members: number): Promise<void> {
  await store(table, members, (n) => {
    const userId = numbered("usr", n);
    return {
      ...memberKey(businessId, n),
      id: numbered("mem", n),
      businessId,
      userId,
      access: "agent",
      state: "Active",
      userName: "Augusta Ada King, Countess of Lovelace",
      userEmail: `ada-${n}@analytical-engines.example.com`,
      userEmailKey: `ada-${n}@analytical-engines.example.com`,
      createdAt: 1_800_000_000_000,
      createdByUserId: userId,
      lastUsedAt: 1_800_000_000_000,
    };
  });
}

/** An audit trail of some length. */
export async function happen(table: Table, businessId: string, events: number): Promise<void> {
  await store(table, events, (n) => {
    const [id, userId] = [numbered("evt", n), numbered("usr", n)];
    const who = { actorUserId: userId, subjectId: userId };
    return { ...key.event(businessId, id), id, at: 1_800_000_000_000, type: "member.added", ...who };
  });
}

const most = 100;

/** In transactions, which embedded engines write to disk at once, and batches item by item. */
export async function store(table: Table, count: number, item: (n: number) => Key): Promise<void> {
  for (let first = 0; first < count; first += most) {
    const items = Array.from({ length: Math.min(most, count - first) }, (_, n) => item(first + n));
    const TransactItems = items.map((Item) => ({ Put: { TableName: table.name, Item } }));
    await table.client.send(new TransactWriteCommand({ TransactItems }));
  }
}
