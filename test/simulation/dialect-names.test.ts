import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Table } from "../../shared/operation.ts";
import { callOn, type Person } from "../table/in-process.ts";
import { addTo, addUser, type Companies, companies, cutIn, seatsOf } from "./dialect-world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const email = "nora@example.com";
const nora: Person = { subject: "nora", email };
let world: Companies;
let boss: Person;
let bossOfB: Person;
beforeEach(async () => {
  world = await companies("A", "B");
  [boss, bossOfB] = [world.owners.A as Person, world.owners.B as Person];
});

const membersOf = (name: string) => world.table.partition(`BUSINESS#${world.ids[name]}`, "MEMBER#");
const idIn = (name: string) => String(membersOf(name).find(({ userEmail }) => userEmail === email)?.userId);
const signIn = () => callOn(world.table, "users/get-me", nora);

/** What a company sees of somebody, everywhere. */
async function seenBy(by: Person, address = email) {
  const { table } = world;
  const list = await callOn(table, "members/list-members", by, { query: { state: "All" } });
  const entry = list.body.find(({ userEmail }: { userEmail: string }) => userEmail === address);
  const params = { user_id: entry?.user.id };
  const { body } = await callOn(table, "user-access/list-user-accesses", by, { params });
  const accesses = body.user_accesses?.map(({ user }: any) => [user.first_name, user.full_name]);
  return { name: entry?.name, user: entry?.user.name, accesses };
}
const named = (first: string | null, name: string | null = first) => ({
  name: name ?? email,
  user: name ?? email,
  accesses: [[first, name]],
});

describe("whom nobody has signed in as", () => {
  test("is shown to each company by the name that it gave, and never by another's", async () => {
    await addUser(world.table, boss, { email, first_name: "Nora-by-A", last_name: "Secret" });
    await addUser(world.table, bossOfB, { email, first_name: "Nora-by-B" });
    expect(await seenBy(boss)).toEqual(named("Nora-by-A", "Nora-by-A Secret"));
    expect(await seenBy(bossOfB)).toEqual(named("Nora-by-B"));
  });

  test("is shown by nothing but the email where a company gave no name, however they are added", async () => {
    await addUser(world.table, boss, { email, first_name: "Nora-by-A" });
    expect((await addTo(world, "B", idIn("A"))).status).toBe(201);
    expect(await seenBy(bossOfB)).toEqual(named(null));
  });

  test("is neither added nor found by an email that nobody has proved", async () => {
    const { table } = world;
    await addUser(table, boss, { email, first_name: "Nora" });
    const add = (by: Person) => callOn(table, "members/add-member", by, { body: { email } });
    const find = () => callOn(table, "users/find-users", boss, { query: { email } });
    const { status, body } = await add(bossOfB);
    expect([status, body.code, seatsOf(table, world.ids.B)]).toEqual([404, "user_not_found", 1]);
    expect((await find()).body).toEqual([]);
    await signIn();
    expect([(await add(bossOfB)).status, (await find()).body.length]).toEqual([200, 1]);
  });

  test("gets a name, or another one, by what the company says later", async () => {
    await addUser(world.table, boss, { email });
    expect(await seenBy(boss)).toEqual(named(null));
    for (const first_name of ["Nora", "Norah"]) {
      await addUser(world.table, boss, { email, first_name });
      expect(await seenBy(boss)).toEqual(named(first_name));
    }
  });

  test.each([
    ["with a profile", (on: Table) => addUser(on, bossOfB, { email, first_name: "Nora-by-B" })],
    ["by id", (on: Table) => addTo(world, "B", idIn("A"), {}, on)],
  ])("is shown by their own name from when they sign in, while they are added %s as well", async (_, add) => {
    await addUser(world.table, boss, { email, first_name: "Nora" });
    expect((await add(cutIn(world.table, signIn))).status).toBe(201);
    for (const by of [boss, bossOfB]) expect((await seenBy(by)).name).toBe("Nora");
  });
});

describe("state: INACTIVE shows what the company gave of somebody, and nothing of their own", () => {
  const secret = "Anna Secret-Name";
  beforeEach(() => callOn(world.table, "users/update-me", world.anna, { body: { name: secret } }));
  const nameOfAnna = async () => (await seenBy(boss, world.anna.email)).name;
  const save = (body: object) => addUser(world.table, boss, { email: world.anna.email, ...body });

  test("until they are let in", async () => {
    await save({ state: "INACTIVE" });
    expect(await nameOfAnna()).toBe(world.anna.email);
    await save({ first_name: "Ann" });
    expect(await nameOfAnna()).toBe("Ann");
    expect(JSON.stringify(membersOf("A"))).not.toContain(secret);
    await save({ state: "ACTIVE" });
    expect(await nameOfAnna()).toBe(secret);
  });

  test("nor when they are deactivated, nor when they come back from having been removed", async () => {
    await save({});
    expect(await nameOfAnna()).toBe(secret);
    await save({ state: "INACTIVE" });
    expect(await nameOfAnna()).toBe(world.anna.email);
    await save({ state: "ACTIVE" });
    await callOn(world.table, "members/remove-member", boss, { params: { userId: world.annaId } });
    await save({ state: "INACTIVE" });
    expect(await nameOfAnna()).toBe(world.anna.email);
  });
});
