import { beforeEach, describe, expect, test } from "vitest";
import { key } from "../../shared/table/schema.ts";
import { call, itemsOf, type Person, store } from "./harness.ts";

let count = 0;
let mail = "";
beforeEach(() => {
  count += 1;
  mail = `person-${process.pid}-${count}@example.com`;
});
const person = (name: string, more: Partial<Person> = {}): Person => ({
  subject: `${name}-${process.pid}-${count}`,
  ...more,
});
const idOf = async (who: Person): Promise<string> => (await call("users/get-me", who)).body.id;

/** A user whom a manager has created for an address, with memberships that are theirs before they ever sign in. */
async function preCreated(access: string, ...businessIds: string[]): Promise<string> {
  const id = `usr_precreated-${process.pid}-${count}`;
  const user = {
    id,
    email: mail,
    name: "As the manager spelt it",
    identities: [],
    membershipsVersion: 1,
    version: 0,
    createdAt: 1,
  };
  await store(key.user(id), { ...user, ...(businessIds[0] && { currentBusinessId: businessIds[0] }) });
  await store(key.email(mail), { userId: id, signedIn: false });
  for (const businessId of businessIds) {
    const member = {
      id: `mem_${businessId}`,
      businessId,
      userId: id,
      access,
      state: "Active",
      createdAt: 1,
      createdByUserId: "usr_x",
    };
    await store(key.member(businessId, id), member);
    await store(key.userMember(id, businessId), { id: member.id, businessId, joinedAt: 1 });
  }
  return id;
}

async function businessOf(owner: Person, seats = 2): Promise<string> {
  const { body } = await call("businesses/create-business", owner, { body: { name: "Acme" } });
  await store(key.licenses(body.id), { seats, openInvitations: 0, revision: 2, desiredVersion: 2 });
  return body.id;
}

const seatsOf = async (businessId: string) => {
  const [ledger] = await itemsOf(`BUSINESS#${businessId}`, "LICENSES");
  const members = await itemsOf(`BUSINESS#${businessId}`, "MEMBER#");
  return { seats: ledger?.seats, members: members.length };
};

describe("a pre-created user", () => {
  test("is taken over, memberships included, by the first verified claim of their email", async () => {
    const businessId = await businessOf(person("owner"));
    const id = await preCreated("manager", businessId);
    const { body } = await call("users/get-me", person("new", { email: mail }));
    expect(body).toMatchObject({
      id,
      name: "As the manager spelt it",
      business: { id: businessId },
      roles: ["Initialized", "Admin"],
    });
    expect(await itemsOf(`EMAIL#${mail}`)).toMatchObject([{ userId: id, signedIn: true }]);
  });

  test("is not taken over by an unverified one, who is shown nothing of them", async () => {
    const businessId = await businessOf(person("owner"));
    const id = await preCreated("agent", businessId);
    const { body } = await call("users/get-me", person("new", { email: mail, emailVerified: false }));
    expect(body).toMatchObject({ business: null, roles: ["Initialized"], name: null });
    expect(body.id).not.toBe(id);
  });

  test("goes to exactly one of 20 who prove the address at once", async () => {
    const id = await preCreated("agent");
    const claimants = Array.from({ length: 20 }, (_, n) => person(`claimant-${n}`, { email: mail }));
    const answers = await Promise.all(claimants.map((who) => call("users/get-me", who)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.filter(({ body }) => body.id === id)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(20);
  });

  test("moves to a user who had signed in before and proves the address later: memberships, licenses, current business", async () => {
    const owner = person("owner");
    const businesses = [await businessOf(owner), await businessOf(owner)];
    const before = await idOf(person("new", { email: mail, emailVerified: false }));
    const former = await preCreated("agent", ...businesses);
    const { body } = await call("users/get-me", person("new", { email: mail }));
    expect(body).toMatchObject({ id: before, business: { name: "Acme" }, roles: ["Initialized", "Agent"] });
    expect(await itemsOf(`USER#${former}`, "MEMBER#")).toEqual([]);
    expect(await itemsOf(`USER#${before}`, "MEMBER#")).toHaveLength(2);
    for (const businessId of businesses) {
      expect(await seatsOf(businessId)).toEqual({ seats: 2, members: 2 });
      const events = await itemsOf(`BUSINESS#${businessId}`, "EVENT#");
      expect(events.filter(({ type }) => type === "member.taken_over")).toHaveLength(1);
    }
  });

  test("moves to one who proves two such addresses, one after the other, before anything has moved", async () => {
    const owner = person("owner");
    const businesses = [await businessOf(owner), await businessOf(owner)];
    const who = person("new", { email: mail });
    const id = await idOf({ ...who, emailVerified: false });
    const [first, second] = businesses as [string, string];
    await preCreated("agent", first);
    await call("businesses/create-business", who, { body: { name: "Own" } });
    mail = `second-${mail}`;
    count += 1;
    await preCreated("manager", second);
    const { body } = await call("users/get-me", { ...who, email: mail });
    expect(body.id).toBe(id);
    const sides = await itemsOf(`USER#${id}`, "MEMBER#");
    expect(sides.map(({ businessId }) => businessId)).toEqual(expect.arrayContaining(businesses));
  });

  test("moves once when 10 requests of the one who proved the address come at once", async () => {
    const businesses = [await businessOf(person("owner"))];
    const who = person("new", { email: mail });
    const before = await idOf({ ...who, emailVerified: false });
    await preCreated("agent", ...businesses);
    const answers = await Promise.all(Array.from({ length: 10 }, () => call("users/get-me", who)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await seatsOf(businesses[0] ?? "")).toEqual({ seats: 2, members: 2 });
    expect(await itemsOf(`USER#${before}`, "MEMBER#")).toHaveLength(1);
  });

  test("who is a member where the other one is too gives back one license and leaves the higher access", async () => {
    const owner = person("owner", { email: mail });
    const id = await idOf({ ...owner, emailVerified: false });
    const businessId = await businessOf({ ...owner, emailVerified: false });
    await preCreated("agent", businessId);
    await idOf(owner);
    expect(await seatsOf(businessId)).toEqual({ seats: 1, members: 1 });
    expect(await itemsOf(`BUSINESS#${businessId}`, "MEMBER#")).toMatchObject([
      { userId: id, access: "owner" },
    ]);
  });
});

describe("a second identity with a verified email", () => {
  test("joins the same user where its issuer is trusted", async () => {
    const first = person("first", { email: mail, trusted: true });
    const second = person("second", {
      email: mail.toUpperCase(),
      issuer: "https://other.example.com",
      trusted: true,
    });
    const id = await idOf(first);
    expect(await idOf(second)).toBe(id);
    expect((await call("users/get-me", first)).body.identities).toHaveLength(2);
  });

  test("doesn't join somebody whose address only an issuer that isn't trusted vouched for", async () => {
    const squatter = person("squatter", { email: mail, trusted: false });
    const victim = person("victim", { email: mail, issuer: "https://other.example.com", trusted: true });
    const id = await idOf(squatter);
    expect(await idOf(victim)).not.toBe(id);
  });

  test("doesn't join by an unverified email, trusted or not", async () => {
    const first = person("first", { email: mail });
    const second = person("second", { email: mail, emailVerified: false, trusted: true });
    expect(await idOf(second)).not.toBe(await idOf(first));
  });
});

describe("an email that changes", () => {
  test("releases the former address for whoever proves it next", async () => {
    const who = person("mover", { email: mail });
    const moved = { ...who, email: `moved-${mail}` };
    const id = await idOf(who);
    expect(await idOf(moved)).toBe(id);
    expect(await itemsOf(`EMAIL#${mail}`)).toEqual([]);
    expect(await itemsOf(`EMAIL#moved-${mail}`)).toMatchObject([{ userId: id }]);
    const next = person("next", { email: mail });
    expect(await itemsOf(`EMAIL#${mail}`)).toEqual([]);
    expect(await itemsOf(`EMAIL#${mail}`).then(() => idOf(next))).not.toBe(id);
    expect(await itemsOf(`EMAIL#${mail}`)).toMatchObject([{ userId: await idOf(next) }]);
  });

  test("is written once, not on every request after", async () => {
    const who = person("steady", { email: mail });
    const id = await idOf({ ...who, emailVerified: false });
    for (let n = 0; n < 3; n += 1) await idOf(who);
    const types = (await itemsOf(`USER#${id}`, "EVENT#")).map(({ type }) => type);
    expect(types.sort()).toEqual(["user.created", "user.email_verified"]);
  });
});

test("an event of a person holds ids, never an email or a name", async () => {
  const id = await idOf(person("quiet", { email: mail }));
  expect(JSON.stringify(await itemsOf(`USER#${id}`, "EVENT#"))).not.toContain("@");
});
