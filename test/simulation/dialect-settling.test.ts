import { beforeEach, describe, expect, test, vi } from "vitest";
import { callOn, type Person } from "../table/in-process.ts";
import { accessesOf, addUser, type Companies, companies, idOf, seatsOf } from "./dialect-world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const email = "nora@example.com";
const before: Person = { subject: "nora", email: "old@example.com" };
const nora: Person = { ...before, email };
let world: Companies;
let boss: Person;
let userId: string;
beforeEach(async () => {
  world = await companies("A");
  boss = world.owners.A as Person;
  userId = await idOf(world.table, before);
});

const members = () => world.table.partition(`BUSINESS#${world.ids.A}`, "MEMBER#");
const noras = () => members().filter((member) => member.userId !== world.ids["owner-of-A"]);
const markers = () => [...world.table.items.values()].filter(({ sk }) => String(sk).startsWith("INACTIVE#"));
const business = () => world.table.partition(`BUSINESS#${world.ids.A}`, "BUSINESS")[0];
const add = (body: object) => addUser(world.table, boss, body);
const settle = () => callOn(world.table, "users/get-me", nora);

describe("who proves an email to be theirs that a company has added, before anything has moved", () => {
  beforeEach(async () => {
    await add({ email, user_code: "n", role: "MANAGER", account_title: "Boss" });
    // proves it, by a request that moves nothing
    await callOn(world.table, "users/find-users", nora, { query: { email } });
    expect(noras()).not.toMatchObject([{ userId }]);
  });
  const params = () => ({ user_id: userId });
  const own = () => callOn(world.table, "user-access/list-user-accesses", nora, { params: params() });

  test("sees their own accesses", async () => {
    const { body } = await own();
    expect(body.user_accesses).toMatchObject([{ company: { name: "A" }, user: { id: userId, email } }]);
    expect(world.table.partition(`USER#${userId}`, "USER")[0]).not.toHaveProperty("takingOver");
  });

  test.each([
    ["by email and code", { email, user_code: "n" }],
    ["by email", { email }],
    ["by code", { user_code: "n" }],
  ])(
    "is the company's user %s: one membership, one license, and what it says last stands",
    async (_, whom) => {
      const said = async (more: object) => {
        const { status, body } = await add({ ...whom, ...more });
        return [
          status,
          body.user_code,
          body.account_title,
          body.role,
          body.state,
          seatsOf(world.table, world.ids.A),
        ];
      };
      expect(await said({ role: "CUSTOMER_CARE" })).toEqual([200, "n", "Boss", "CUSTOMER_CARE", "ACTIVE", 2]);
      expect(noras()).toMatchObject([{ userId }]);
      expect(await said({ state: "INACTIVE" })).toEqual([200, "n", "Boss", "CUSTOMER_CARE", "INACTIVE", 1]);
      expect((await settle()).status).toBe(200);
      expect([noras(), markers()]).toMatchObject([
        [{ userId, state: "Inactive" }],
        [{ pk: `USER#${userId}` }],
      ]);
      expect(await said({ state: "ACTIVE" })).toEqual([200, "n", "Boss", "CUSTOMER_CARE", "ACTIVE", 2]);
    },
  );

  test.each([
    ["by id", "members/add-member", () => ({ userId })],
    ["by email", "members/add-member", () => ({ email })],
    [
      "as an access",
      "user-access/create-user-access",
      () => ({ company_id: world.ids.A, access_id: "4", primary: true }),
    ],
  ])("is a member already, who is added %s: one membership, one license", async (_, key, body) => {
    const { body: refused } = await callOn(world.table, key, boss, { body: body(), params: params() });
    expect(refused.code).toBe("already_member");
    expect([noras(), seatsOf(world.table, world.ids.A)]).toMatchObject([[{ userId, access: "manager" }], 2]);
    expect((await settle()).status).toBe(200);
    expect([noras(), seatsOf(world.table, world.ids.A)]).toMatchObject([[{ userId }], 2]);
  });

  test("is a member already, who is invited: no second license", async () => {
    for (const key of ["invitations/invite-member", "invitations/invite-members"]) {
      const body = key.endsWith("s") ? { invitations: [{ email }] } : { email };
      const answer = await callOn(world.table, key, boss, { body });
      expect(JSON.stringify(answer.body)).toContain("already_member");
    }
    expect(seatsOf(world.table, world.ids.A)).toBe(2);
  });

  test("can be invited where the company has removed them", async () => {
    const [member] = noras();
    await callOn(world.table, "members/remove-member", boss, { params: { userId: String(member?.userId) } });
    const { status } = await callOn(world.table, "invitations/invite-member", boss, { body: { email } });
    expect([status, seatsOf(world.table, world.ids.A)]).toEqual([200, 2]);
  });

  test("can be added again, by email too, where the company has removed them", async () => {
    const [member] = noras();
    await callOn(world.table, "members/remove-member", boss, { params: { userId: String(member?.userId) } });
    expect(seatsOf(world.table, world.ids.A)).toBe(1);
    const { status } = await callOn(world.table, "members/add-member", boss, { body: { email } });
    expect([status, seatsOf(world.table, world.ids.A)]).toEqual([200, 2]);
    expect((await settle()).status).toBe(200);
    expect(seatsOf(world.table, world.ids.A)).toBe(2);
  });

  test("is kept out at once by what the company says first of all", async () => {
    const { status, body } = await add({ user_code: "n", state: "INACTIVE" });
    expect([status, body.state, seatsOf(world.table, world.ids.A)]).toEqual([200, "INACTIVE", 1]);
    await settle();
    expect((await own()).body.user_accesses).toEqual([]);
  });
});

describe("whom a company has twice, until they prove both addresses to be theirs", () => {
  test("stays INACTIVE where the company keeps the person out, and one license is released", async () => {
    await add({ email, role: "MANAGER", user_code: "n" });
    await add({ email: before.email, state: "INACTIVE", role: "CUSTOMER_CARE", account_title: "Kept out" });
    expect([(await settle()).status, seatsOf(world.table, world.ids.A)]).toEqual([200, 1]);
    expect(noras()).toMatchObject([
      { userId, state: "Inactive", access: "customer_care", title: "Kept out" },
    ]);
    expect(markers()).toMatchObject([{ pk: `USER#${userId}` }]);
    expect(await accessesOf(world.table, nora)).toEqual([]);
    const { status, body } = await add({ user_code: "n", state: "ACTIVE" });
    expect([status, body.state, seatsOf(world.table, world.ids.A)]).toEqual([200, "ACTIVE", 2]);
    expect([markers(), (await accessesOf(world.table, nora)).length]).toEqual([[], 1]);
  });

  test("keeps the role that the company gave the person, be the other one higher", async () => {
    await add({ email, role: "MANAGER" });
    await add({ email: before.email, role: "CUSTOMER_CARE" });
    expect([(await settle()).status, seatsOf(world.table, world.ids.A)]).toEqual([200, 2]);
    expect(noras()).toMatchObject([{ userId, state: "Active", access: "customer_care" }]);
  });

  test.each(["ACTIVE", "INACTIVE"])(
    "becomes the Owner that the other one was made, from %s: a company keeps its last",
    async (state) => {
      await add({ email });
      const params = { userId: String(noras()[0]?.userId) };
      await add({ email: before.email, state });
      expect((await callOn(world.table, "members/transfer-ownership", boss, { params })).status).toBe(200);
      expect((await settle()).status).toBe(200);
      expect(noras()).toMatchObject([{ userId, state: "Active", access: "owner" }]);
      expect([business()?.ownerCount, seatsOf(world.table, world.ids.A), markers()]).toEqual([1, 2, []]);
      expect(await accessesOf(world.table, nora)).toHaveLength(1);
    },
  );
});
