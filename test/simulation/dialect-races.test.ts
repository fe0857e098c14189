import { describe, expect, test, vi } from "vitest";
import type { Table } from "../../shared/operation.ts";
import { callOn, itsTime, type Person } from "../table/in-process.ts";
import {
  accessesOf,
  addTo,
  addUser,
  type Companies,
  companies,
  cutIn,
  idOf,
  interleaved,
  person,
  primaryOf,
  readsUser,
  stateIn,
} from "./dialect-world.ts";
import { numbersFrom } from "./interleaving.ts";
import { expectSound } from "./invariants.ts";
import type { MemoryTable } from "./memory-table.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const aDay = 24 * 60 * 60_000;
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

describe("every company shows a person as they call themselves", () => {
  const names = ["A", "B", "C"];

  async function expectShown({ table, ids, annaId }: Companies, seed: number) {
    const { displayName } = table.items.get(`USER#${annaId}\nUSER`) ?? {};
    const shown = names.flatMap((name) => {
      const member = table.items.get(`BUSINESS#${ids[name]}\nMEMBER#${annaId}`);
      return member?.state === "Active" ? [member.userName] : [];
    });
    expect(shown, `seed ${seed}`).toEqual(shown.map(() => displayName));
  }

  test("who is added to some, removed from others and renamed at once, in 350 interleavings", async () => {
    for (let seed = 0; seed < 350; seed += 1) {
      const world = await companies(...names);
      const { table, anna, annaId } = world;
      await addTo(world, "A", annaId);
      const on = interleaved(table, seed);
      const number = numbersFrom(seed);
      const starts = [
        () => callOn(on, "users/update-me", anna, { body: { name: "Anna Renamed" } }),
        () => addTo(world, "B", annaId, {}, on),
        () => remove(world, "A", annaId, on),
        () => addUser(on, world.owners.C as Person, { email: anna.email }),
      ];
      const answers = await Promise.all(
        starts.map(async (start) => {
          for (let turns = number(60); turns > 0; turns -= 1) await undefined;
          return start();
        }),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 201, 204, 201]);
      await expectShown(world, seed);
    }
  });

  test("who accepts an invitation with names, and is added elsewhere at once, in 350 interleavings", async () => {
    for (let seed = 0; seed < 350; seed += 1) {
      const world = await companies(...names);
      const { table, ids, owners, anna, annaId } = world;
      await addTo(world, "A", annaId);
      const { body: invited } = await callOn(table, "invitations/invite-member", owners.B as Person, {
        body: { email: anna.email },
      });
      const on = interleaved(table, seed);
      const answer = { businessId: ids.B, invitationId: invited.id, firstName: "Anna", lastName: "Agent" };
      const answers = await Promise.all([
        callOn(on, "invitations/accept-invitation", anna, { body: answer }),
        addTo(world, "C", annaId, {}, on),
        remove(world, "A", annaId, on),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 201, 204]);
      await expectShown(world, seed);
    }
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

  /** Somebody whom the company keeps out, and who has taken an address since that it has invited. */
  async function invitedUnderAnother() {
    const world = await companies("A");
    const { body } = await callOn(world.table, "invitations/invite-member", world.owners.A as Person, {
      body: { email: "anna.new@example.com" },
    });
    await keepOut(world, world.table);
    const anna = { ...world.anna, email: "anna.new@example.com" };
    await idOf(world.table, anna);
    return { ...world, anna, invitationId: body.id as string };
  }

  test("is not let in by an invitation to another address of theirs", async () => {
    const world = await invitedUnderAnother();
    const { status, body } = await accept(world, world.invitationId);
    expect([status, body.detail]).toEqual([409, expect.stringMatching(/activate/)]);
  });

  const inactive = [409, "member_inactive", expect.stringMatching(/Activate them.*POST \/v2\/user\/add/)];
  const said = ({ status, body }: { status: number; body: any }) => [status, body.code, body.title];

  test("is not invited, by one call or by many: that says to activate them", async () => {
    const world = await companies("A");
    const { table, owners, anna } = world;
    await keepOut(world, table);
    await addUser(table, owners.A as Person, { email: "nobody@example.com", state: "INACTIVE" });
    const before = stateIn(table);
    expect(said(await invite(world))).toEqual(inactive);
    const invitations = [anna.email, "nobody@example.com"].map((email) => ({ email }));
    const { body } = await callOn(table, "invitations/invite-members", owners.A as Person, {
      body: { invitations },
    });
    for (const { invitation, error } of body) {
      expect([error.status, error.code, error.title, invitation]).toEqual([...inactive, null]);
    }
    expect(stateIn(table)).toBe(before);
  });

  test("isn't added over what they are, by nobody's word, nor is their role: that says to activate them", async () => {
    const world = await companies("A");
    const { table, ids, owners, anna, annaId } = world;
    const [adam, boss] = [{ ...anna, subject: "adam", email: "adam@example.com" }, owners.A as Person];
    const add = (by: Person, body: object) => callOn(table, "members/add-member", by, { body });
    await add(boss, { userId: await idOf(table, adam), role: "Admin" });
    await add(boss, { userId: annaId, role: "Owner" });
    await keepOut(world, table);
    await callOn(table, "users/get-me", anna);
    const before = stateIn(table);
    for (const by of [adam, boss]) {
      expect(said(await add(by, { userId: annaId, role: "Agent" }))).toEqual(inactive);
      expect(said(await add(by, { email: anna.email }))).toEqual(inactive);
      const { status, body } = await addTo(world, "A", annaId, {}, table, by);
      expect([status, JSON.stringify(body)]).toEqual([422, expect.stringMatching(/Activate them/)]);
    }
    const activating = await addUser(table, adam, { email: anna.email, state: "ACTIVE" });
    expect([activating.status, activating.body.code]).toEqual([403, "role_too_high"]);
    expect(stateIn(table)).toBe(before);
    expect(table.items.get(`BUSINESS#${ids.A}\nMEMBER#${annaId}`)?.access).toBe("owner");
  });

  const resendOn = ({ owners }: Companies, on: Table, invitationId: string, after: number) =>
    callOn(on, "invitations/resend-invitation", owners.A as Person, {
      params: { invitationId },
      now: itsTime + after,
    });

  test.each([
    ["open", 2 * 60_000],
    ["expired", 8 * aDay],
  ])("is not sent an invitation again that is %s", async (_, after) => {
    const world = await invitedUnderAnother();
    const before = stateIn(world.table);
    expect(said(await resendOn(world, world.table, world.invitationId, after))).toEqual(inactive);
    expect(stateIn(world.table)).toBe(before);
  });

  test("and is deactivated: an open invitation to another address of theirs ends, with its license", async () => {
    const world = await companies("A");
    const { body } = await callOn(world.table, "invitations/invite-member", world.owners.A as Person, {
      body: { email: "anna.new@example.com" },
    });
    await addTo(world, "A", world.annaId);
    await idOf(world.table, { ...world.anna, email: "anna.new@example.com" });
    expect(ledgerOf(world)).toMatchObject({ seats: 3, openInvitations: 1 });
    const code = { ...world, anna: { ...world.anna, email: "anna.new@example.com" } };
    expect((await keepOut(code, world.table)).body.state).toBe("INACTIVE");
    expect(ledgerOf(world)).toMatchObject({ seats: 1, openInvitations: 0 });
    const params = { invitationId: body.id };
    const ended = await callOn(world.table, "invitations/get-invitation", world.owners.A as Person, {
      params,
    });
    expect(ended.body.status).toBe("Revoked");
  });

  test.each(["somebody who has signed in", "somebody nobody knows"])(
    "and is invited or sent it again at once, whatever comes between: no open invitation is left, of %s",
    async (who) => {
      const winners = new Set();
      for (let seed = 0; seed < 350; seed += 1) {
        const world = await companies("A");
        const { table, ids, owners } = world;
        const boss = owners.A as Person;
        const anna = who.includes("signed") ? world.anna : person("nobody");
        const again = seed % 3 === 2;
        const invitations = [{ email: anna.email }];
        const before = again ? await invite({ ...world, anna }) : undefined;
        const on = interleaved(table, seed);
        const inviting = [
          () => invite({ ...world, anna, table: on as never }),
          () => callOn(on, "invitations/invite-members", boss, { body: { invitations } }),
          () => resendOn(world, on, before?.body.id, 2 * 60_000),
        ][seed % 3] as () => Promise<any>;
        const number = numbersFrom(seed);
        const [kept, answer] = await Promise.all(
          [() => keepOut({ ...world, anna }, on), inviting].map(async (start) => {
            for (let turns = number(150); turns > 0; turns -= 1) await undefined;
            return start();
          }),
        );
        expect(kept.status).toBe(201);
        const { error, code } = Array.isArray(answer.body) ? answer.body[0] : answer.body;
        const refused = error?.code ?? code;
        winners.add(refused);
        expect([undefined, "member_inactive", again ? "invitation_not_resendable" : ""]).toContain(refused);
        expect(ledgerOf(world), `seed ${seed}`).toMatchObject({ seats: 1, openInvitations: 0 });
        expect(table.partition(`BUSINESS#${ids.A}`, "INVITED#"), `seed ${seed}`).toEqual([]);
      }
      expect([...winners].sort(), "either may come first").toEqual([
        "invitation_not_resendable",
        "member_inactive",
        undefined,
      ]);
    },
  );

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
