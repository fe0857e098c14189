import { describe, expect, test, vi } from "vitest";
import { callOn, type Person } from "../table/in-process.ts";
import { accessesOf, addTo, addUser, companies, cutIn, primaryOf, readsUser } from "./dialect-world.ts";

vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
vi.spyOn(console, "log").mockImplementation(() => {});

const put = "user-access/update-user-access";
const remove = (world: Awaited<ReturnType<typeof companies>>, name: string, userId: string) =>
  callOn(world.table, "members/remove-member", world.owners[name] as Person, { params: { userId } });

/** Anna is an admin of A and an agent of B. */
async function annaInBoth() {
  const world = await companies("A", "B");
  await addTo(world, "A", world.annaId, { access_id: "2" });
  await addTo(world, "B", world.annaId);
  const memberIn = (name: string) =>
    world.table.items.get(`BUSINESS#${world.ids[name]}\nMEMBER#${world.annaId}`);
  return { ...world, memberIn };
}

describe("an admin who saves themselves as a company user", () => {
  test("doesn't take back the role that they lose meanwhile", async () => {
    const { table, owners, anna, annaId, memberIn } = await annaInBoth();
    const demote = () =>
      callOn(table, "members/update-member", owners.A as Person, {
        params: { userId: annaId },
        body: { role: "Agent" },
      });
    const { status, body } = await addUser(cutIn(table, demote), anna, {
      email: anna.email,
      role: "MANAGER",
    });
    expect([status, body.code]).toEqual([403, "forbidden"]);
    expect(memberIn("A")).toMatchObject({ state: "Active", access: "agent" });
  });

  test("doesn't join again where they are removed meanwhile", async () => {
    const world = await annaInBoth();
    const { table, ids, anna, annaId, memberIn } = world;
    const on = cutIn(table, () => remove(world, "A", annaId));
    const headers = { "x-business-id": ids.A ?? "" };
    const { status, body } = await addUser(on, anna, { email: anna.email, role: "MANAGER" }, { headers });
    expect([status, body.code]).toEqual([404, "business_not_found"]);
    expect(memberIn("A")?.state).toBe("Removed");
  });

  test("still may change their own profile", async () => {
    const { table, anna, memberIn } = await annaInBoth();
    expect((await addUser(table, anna, { email: anna.email, first_name: "Ann" })).status).toBe(200);
    expect(memberIn("A")).toMatchObject({ firstName: "Ann", access: "admin" });
  });
});

describe("PUT of an access", () => {
  test("makes no company primary that the person leaves meanwhile", async () => {
    const world = await annaInBoth();
    const { table, ids, owners, anna, annaId } = world;
    await addTo(world, "B", ids["owner-of-A"] ?? "", { access_id: "2" });
    const on = cutIn(table, () => remove(world, "B", annaId), readsUser(annaId));
    const { status, body } = await callOn(on, put, owners.A as Person, {
      params: { user_id: annaId },
      body: { company_id: ids.B, primary: true },
    });
    expect([status, body.code]).toEqual([404, "member_not_found"]);
    expect([await primaryOf(table, anna), (await accessesOf(table, anna)).length]).toEqual([["A"], 1]);
  });

  test("with the access that one has oneself needs no permission to change it", async () => {
    const { table, ids, anna, annaId } = await annaInBoth();
    const choose = (access_id: string) =>
      callOn(table, put, anna, {
        params: { user_id: annaId },
        body: { company_id: ids.B, primary: true, access_id },
      });
    expect((await choose("2")).status).toBe(403);
    expect((await choose("4")).status).toBe(200);
    expect(await primaryOf(table, anna)).toEqual(["B"]);
  });
});
