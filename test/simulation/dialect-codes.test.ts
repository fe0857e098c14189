import { beforeEach, describe, expect, test, vi } from "vitest";
import { callOn, type Person } from "../table/in-process.ts";
import { addTo, addUser, type Companies, companies, cutIn, idOf, seatsOf } from "./dialect-world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const email = "nora@example.com";
const late: Person = { subject: "late", email: "late@example.com" };
let world: Companies;
let boss: Person;
beforeEach(async () => {
  world = await companies("A", "B");
  boss = world.owners.A as Person;
});

const membersOf = (name: string) => world.table.partition(`BUSINESS#${world.ids[name]}`, "MEMBER#");
const remove = (userId: unknown) =>
  callOn(world.table, "members/remove-member", boss, { params: { userId: String(userId) } });
const show = (code: string) =>
  callOn(world.table, "company-users/get-user", boss, { params: { user_code: code } });
const signIn = (who: Person) => callOn(world.table, "users/get-me", who);
const events = () => world.table.partition(`BUSINESS#${world.ids.A}`, "EVENT#").map(({ type }) => type);

describe("user_code: null", () => {
  test.each(["ACTIVE", "INACTIVE"])(
    "takes the code of an %s user back, for whom the company gives it next",
    async (state) => {
      const codes = () => world.table.partition(`BUSINESS#${world.ids.A}`, "USERCODE#").map(({ sk }) => sk);
      await addUser(world.table, boss, { email, user_code: "E1", state });
      const { status, body } = await addUser(world.table, boss, { email, user_code: null });
      const { userId } = membersOf("A").find(({ userEmail }) => userEmail === email) ?? {};
      expect([status, body.user_code, codes()]).toEqual([200, userId, []]);
      expect((await show("E1")).status).toBe(404);
      expect((await show(String(userId))).body).toEqual(body);
      expect((await addUser(world.table, boss, { email: "b@example.com", user_code: "E1" })).status).toBe(
        201,
      );
      expect((await addUser(world.table, boss, { email, user_code: null })).body, "there is none").toEqual(
        body,
      );
      expect(codes()).toEqual(["USERCODE#E1"]);
    },
  );

  test("of a new user is none, and both it and an email of null name nobody", async () => {
    const { status, body } = await addUser(world.table, boss, { email, user_code: null });
    expect([status, body.user_code]).toEqual([201, expect.stringMatching(/^usr_/)]);
    const named = await addUser(world.table, boss, { email: null, user_code: body.user_code });
    expect([named.status, named.body]).toEqual([200, body]);
    expect((await addUser(world.table, boss, { email: null, user_code: null })).status).toBe(422);
  });
});

describe("a member who is removed", () => {
  test("gives the company's code back to whom it gives it next", async () => {
    await addUser(world.table, boss, { email, user_code: "E1" });
    expect((await remove(membersOf("A").find(({ userCode }) => userCode)?.userId)).status).toBe(204);
    expect((await show("E1")).status).toBe(404);
    expect((await addUser(world.table, boss, { email: "b@example.com", user_code: "E1" })).status).toBe(201);
    const again = await addUser(world.table, boss, { email });
    expect([again.status, again.body.user_code]).not.toContain("E1");
    expect((await show("E1")).body.email).toBe("b@example.com");
  });

  test("may have been kept out: there is no license to give back", async () => {
    await addUser(world.table, boss, { email, user_code: "E1", state: "INACTIVE" });
    const { userId } = membersOf("A").find(({ state }) => state === "Inactive") ?? {};
    expect((await remove(userId)).status).toBe(204);
    expect([seatsOf(world.table, world.ids.A), (await show("E1")).status]).toEqual([1, 404]);
    expect(world.table.partition(`USER#${userId}`, "INACTIVE#")).toEqual([]);
    expect((await remove(userId)).status).toBe(404);
    expect((await addUser(world.table, boss, { email, user_code: "E1" })).status).toBe(201);
  });
});

describe("who proves an email to be theirs", () => {
  test("is kept out where they were added as INACTIVE at that very moment, and nobody else is", async () => {
    await addUser(world.table, boss, { email, state: "INACTIVE" });
    const userId = await idOf(world.table, late);
    const on = cutIn(world.table, () => signIn({ ...late, email }));
    const body = { email, state: "INACTIVE", user_code: "N1" };
    expect((await addUser(on, world.owners.B as Person, body)).status).toBe(201);
    expect(membersOf("B").filter(({ state }) => state === "Inactive")).toMatchObject([{ userId }]);
    expect((await addUser(world.table, world.owners.B as Person, { email, user_code: "N1" })).status).toBe(
      200,
    );
  });

  test.each(["ACTIVE", "INACTIVE"])(
    "and was removed before becomes what the company says now, by the code it says now: %s",
    async (state) => {
      const userId = await idOf(world.table, late);
      await addUser(world.table, boss, { email: late.email, user_code: "OLD" });
      const before = membersOf("A").find((member) => member.userId === userId);
      await remove(userId);
      // as the data of before codes were given back
      Object.assign(membersOf("A").find((member) => member.userId === userId) ?? {}, { userCode: "OLD" });
      const at = { pk: `BUSINESS#${world.ids.A}`, sk: "USERCODE#OLD" };
      world.table.items.set(`${at.pk}\n${at.sk}`, { ...at, userId });
      await addUser(world.table, boss, { email, user_code: "NEW", state });
      await signIn({ ...late, email });
      expect(before).toBeDefined();
      expect((await show("NEW")).body).toMatchObject({ user_code: "NEW", state });
      expect((await show("OLD")).status).toBe(404);
      expect(membersOf("A").filter((member) => member.userId === userId)).toHaveLength(1);
    },
  );
});

test.each([
  ["too long for a key of the table", "x".repeat(1_016)],
  ["too long", "x".repeat(65)],
  ["of two words", "a b"],
  ["that a path can't hold", ".."],
])("a code %s is nobody's", async (_, code) => {
  const { status, body } = await show(code);
  expect([status, body.code]).toEqual([404, "company_user_not_found"]);
});

test.each(["ACTIVE", "INACTIVE"])(
  "a removed member who is added again as %s is in the audit as added",
  async (state) => {
    await addUser(world.table, boss, { email });
    await remove(membersOf("A").find(({ userEmail }) => userEmail === email)?.userId);
    const count = (type: string) => events().filter((one) => one === type).length;
    const counts = () => [count("member.added"), count("member.profile_changed")];
    expect(counts()).toEqual([1, 0]);
    expect((await addUser(world.table, boss, { email, state })).status).toBe(201);
    expect(counts()).toEqual([2, 0]);
    await addUser(world.table, boss, { email, state });
    expect(counts()).toEqual([2, 1]);
  },
);

test("a role that a company's user gets is in the audit as any other", async () => {
  await addTo(world, "A", world.annaId);
  const count = () => events().filter((type) => type === "member.role_changed").length;
  await addUser(world.table, boss, { email: world.anna.email, role: "MANAGER" });
  expect([count(), events().includes("member.profile_changed")]).toEqual([1, true]);
  await addUser(world.table, boss, { email: world.anna.email, role: "MANAGER" });
  expect(count(), "it was that already").toBe(1);
});
