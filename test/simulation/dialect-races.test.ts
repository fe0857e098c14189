import { describe, expect, test, vi } from "vitest";
import type { Table } from "../../shared/operation.ts";
import { callOn, type Person } from "../table/in-process.ts";
import {
  accessesOf,
  addTo,
  addUser,
  type Companies,
  companies,
  cutIn,
  interleaved,
  primaryOf,
  readsUser,
} from "./dialect-world.ts";
import { expectSound } from "./invariants.ts";
import type { MemoryTable } from "./memory-table.ts";

vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
vi.spyOn(console, "log").mockImplementation(() => {});

const put = "user-access/update-user-access";
const remove = (world: Companies, name: string, userId: string, on: Table = world.table) =>
  callOn(on, "members/remove-member", world.owners[name] as Person, { params: { userId } });

const eventsIn = (table: MemoryTable) =>
  [...table.items.values()].filter(({ sk }) => String(sk).startsWith("EVENT#")).length;

/** Anna is an admin of A and an agent of B. */
async function annaInBoth() {
  const world = await companies("A", "B", "C", "D");
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

describe("what is primary when a company ends for a person is one of those that they have still", () => {
  const deactivate = ({ owners, anna }: Companies, on: Table, name: string) =>
    addUser(on, owners[name] as Person, { email: anna.email, state: "INACTIVE" });

  test.each(["remove", "deactivate"])("%s, while another company removes them", async (how) => {
    const world = await annaInBoth();
    const { table, annaId } = world;
    const on = cutIn(table, () => remove(world, "B", annaId), readsUser(annaId));
    const { status } = await (how === "remove" ? remove(world, "A", annaId, on) : deactivate(world, on, "A"));
    expect([200, 204]).toContain(status);
    expect(table.items.get(`USER#${annaId}\nUSER`)?.currentBusinessId).toBeUndefined();
  });

  test("remove, while another company adds them", async () => {
    const world = await companies("A", "B");
    const { table, anna, annaId } = world;
    await addTo(world, "A", annaId);
    const on = cutIn(table, () => addTo(world, "B", annaId), readsUser(annaId));
    expect((await remove(world, "A", annaId, on)).status).toBe(204);
    expect(await primaryOf(table, anna)).toEqual(["B"]);
  });

  test("remove, deactivate, add and choose at once, whatever comes between", async () => {
    for (let seed = 0; seed < 150; seed += 1) {
      const world = await annaInBoth();
      const { table, ids, anna, annaId } = world;
      await addTo(world, "C", annaId);
      const on = interleaved(table, seed);
      const before = eventsIn(table);
      const answers = await Promise.all([
        remove(world, "A", annaId, on),
        deactivate(world, on, "B"),
        addTo(world, "D", annaId, {}, on),
        callOn(on, put, anna, { params: { user_id: annaId }, body: { company_id: ids.C, primary: true } }),
        remove(world, "C", annaId, on),
      ]);
      const chosen = answers[3]?.status === 200 ? 0 : 1;
      for (const { status } of answers.filter((_, n) => n !== 3)) expect(status).toBeLessThan(300);
      const names = ["A", "B", "C", "D"].map((name) => ids[name] ?? "");
      const switched = eventsIn(table) - before - 4;
      expect(switched, "where it wasn't primary yet").toBeLessThanOrEqual(1 - chosen);
      expectSound(table, names, [annaId], eventsIn(table));
    }
  });
});

describe("who is kept out by INACTIVE", () => {
  const accept = ({ table, ids, anna }: Companies, invitationId: string) =>
    callOn(table, "invitations/accept-invitation", anna, { body: { businessId: ids.A, invitationId } });
  const invite = ({ table, owners, anna }: Companies) =>
    callOn(table, "invitations/invite-member", owners.A as Person, { body: { email: anna.email } });
  const keepOut = ({ owners, anna }: Companies, on: Table) =>
    addUser(on, owners.A as Person, { email: anna.email, state: "INACTIVE" });
  const ledgerOf = ({ table, ids }: Companies) => table.items.get(`BUSINESS#${ids.A}\nLICENSES`);

  test("has no invitation any more: it is withdrawn, with its license", async () => {
    const world = await companies("A");
    const { body: invited } = await invite(world);
    expect((await keepOut(world, world.table)).status).toBe(201);
    expect(ledgerOf(world)).toMatchObject({ seats: 1, openInvitations: 0 });
    const { status, body } = await accept(world, invited.id);
    expect([status, body.code, body.detail]).toEqual([
      409,
      "invitation_not_open",
      expect.stringMatching(/withdrawn/),
    ]);
  });

  test("is not let in by one that comes later", async () => {
    const world = await companies("A");
    await keepOut(world, world.table);
    const { body: invited } = await invite(world);
    const { status, body } = await accept(world, invited.id);
    expect([status, body.detail]).toEqual([409, expect.stringMatching(/activate/)]);
  });

  test("and accepts at once: a member or kept out, with the licenses that there are", async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const world = await companies("A");
      const { table, ids, annaId } = world;
      const { body: invited } = await invite(world);
      const on = interleaved(table, seed);
      await Promise.all([keepOut(world, on), accept({ ...world, table: on as never }, invited.id)]);
      const seats = 1; // kept out first, or deactivated after
      expect(ledgerOf(world)).toMatchObject({ seats, openInvitations: 0 });
      expect(table.items.get(`BUSINESS#${ids.A}\nMEMBER#${annaId}`)?.state).toBe("Inactive");
    }
  });
});
