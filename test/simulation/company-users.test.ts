import { compactDecrypt, exportJWK, generateKeyPair } from "jose";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { countHolders } from "../../shared/table/count-holders.ts";
import { FakeSes, sesError } from "../email/fake-ses.ts";
import { callOn, itsTime, type Person, runJobOn } from "../table/in-process.ts";
import {
  accessesOf,
  addTo,
  addUser,
  type Companies,
  companies,
  idOf,
  interleaved,
  seatsOf,
  stateIn,
} from "./dialect-world.ts";
import { expectSound } from "./invariants.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const email = "nora@example.com";
const aMinute = 60_000;
let world: Companies;
let boss: Person;
beforeEach(async () => {
  world = await companies("A", "B");
  boss = world.owners.A as Person;
});

const itemsOf = (kind: "USER" | "EMAIL") => [...world.table.items.values()].filter(({ sk }) => sk === kind);
const membersOf = (id = "") => world.table.partition(`BUSINESS#${id}`, "MEMBER#");
const memberBy = (id = "", address = email) => membersOf(id).find(({ userEmail }) => userEmail === address);
const get = (code: string, by = boss) =>
  callOn(world.table, "company-users/get-user", by, { params: { user_code: code } });

/** The ledger says what there is. */
async function expectCounted(businessId = "") {
  const context = { table: world.table, now: itsTime, timeLeft: () => 5_000, cleared: async () => {} };
  const { seats } = await countHolders.run(context, businessId);
  expect(seatsOf(world.table, businessId)).toBe(seats);
}

describe("the same /v2/user/add twice at once: one user, one membership, one license", () => {
  test("whatever comes between", async () => {
    for (let seed = 0; seed < 150; seed += 1) {
      world = await companies("A");
      const { table, ids } = world;
      const on = interleaved(table, seed);
      const body = { email, first_name: "Nora", user_code: "nora" };
      const answers = await Promise.all([addUser(on, boss, body), addUser(on, boss, body)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
      expect(itemsOf("USER").filter((user) => user.email === email)).toHaveLength(1);
      expect(membersOf(ids.A).filter((member) => member.userEmail === email)).toHaveLength(1);
      expect(seatsOf(table, ids.A)).toBe(2);
      const userId = String(memberBy(ids.A)?.userId);
      expectSound(table, [ids.A ?? ""], [userId], 2 + 1 + 2); // people, the company, added and updated
    }
  });
});

describe("an email that already belongs to a signed-in user of another company: linked as a member, their profile untouched", () => {
  test("and each company keeps its own profile of them", async () => {
    const { table, ids, owners, anna, annaId } = world;
    await callOn(table, "users/update-me", anna, { body: { firstName: "Anna", phone: "+1 555 0100" } });
    await addTo(world, "B", annaId);
    await addUser(table, owners.B as Person, { email: anna.email, first_name: "Ann", account_title: "Boss" });
    const profile = () => {
      const { membershipsVersion: _, ...user } = table.partition(`USER#${annaId}`, "USER")[0] ?? {};
      return user;
    };
    const [before, inB] = [profile(), { ...memberBy(ids.B, anna.email) }];
    const body = { email: anna.email, first_name: "Other", last_name: "Name", phone: "+1 555 0199" };
    const { status, body: shown } = await addUser(table, boss, body);
    expect([status, shown.first_name, shown.account_title]).toEqual([201, "Other", null]);
    expect(profile()).toEqual(before);
    expect(memberBy(ids.B, anna.email)).toEqual(inB);
    expect((await accessesOf(table, anna)).map(({ company }) => company.name).sort()).toEqual(["A", "B"]);
    await expectCounted(ids.A);
  });
});

describe("a user whom nobody has signed in as", () => {
  test("takes name and phone from the company that adds them, and is who signs in with the email", async () => {
    const { table, ids } = world;
    const body = { email, first_name: "Nora", last_name: "New", phone: "+1 555 0100", role: "MANAGER" };
    expect((await addUser(table, boss, body)).status).toBe(201);
    const me = await callOn(table, "users/get-me", { subject: "nora", email });
    expect(me.body).toMatchObject({ firstName: "Nora", lastName: "New", phone: "+1 555 0100" });
    expect([me.body.id, me.body.business.name]).toEqual([memberBy(ids.A)?.userId, "A"]);
    const list = await callOn(table, "members/list-members", { subject: "nora", email });
    expect(list.body).toHaveLength(2);
  });

  test("goes over to the person who proves the email later, with code and profile, active or not", async () => {
    const { table, ids, owners } = world;
    await addUser(table, boss, { email, user_code: "nora", account_title: "Boss" });
    await addUser(table, owners.B as Person, { email, user_code: "nora", state: "INACTIVE" });
    const nora: Person = { subject: "late", email: "late@example.com" };
    const userId = await idOf(table, nora);
    await callOn(table, "users/get-me", { ...nora, email });
    expect([memberBy(ids.A)?.userId, memberBy(ids.B)?.userId]).toEqual([userId, userId]);
    expect((await get("nora")).body).toMatchObject({ account_title: "Boss", state: "ACTIVE" });
    expect((await get("nora", owners.B)).body.state).toBe("INACTIVE");
    const activated = await addUser(table, owners.B as Person, { email, user_code: "nora", state: "ACTIVE" });
    expect([activated.status, await accessesOf(table, { ...nora, email })]).toEqual([
      200,
      [expect.anything(), expect.anything()],
    ]);
    for (const id of [ids.A, ids.B]) await expectCounted(id);
  });
});

describe("state: INACTIVE", () => {
  const nora: Person = { subject: "nora", email };

  test("adds a member who can do nothing and holds no license until activated", async () => {
    const { table, ids } = world;
    const { status, body } = await addUser(table, boss, { email, state: "INACTIVE", role: "MANAGER" });
    expect([status, body.state, seatsOf(table, ids.A)]).toEqual([201, "INACTIVE", 1]);
    const headers = { "x-business-id": ids.A ?? "" };
    const read = () => callOn(table, "businesses/get-business", nora, { headers });
    expect((await read()).body.code).toBe("business_not_found");
    expect(await accessesOf(table, nora)).toEqual([]);
    const again = await addUser(table, boss, { email, account_title: "Still out" });
    expect([again.status, again.body.state, seatsOf(table, ids.A)]).toEqual([200, "INACTIVE", 1]);
    const activated = await addUser(table, boss, { email, state: "ACTIVE" });
    expect([activated.status, activated.body.state, activated.body.role]).toEqual([200, "ACTIVE", "MANAGER"]);
    expect([(await read()).status, seatsOf(table, ids.A)]).toEqual([200, 2]);
    await expectCounted(ids.A);
  });

  test("shows among the members where it is asked for, page by page, and on the member itself", async () => {
    const { table, ids } = world;
    for (let n = 0; n < 5; n += 1)
      await addUser(table, boss, { email: `out-${n}@example.com`, state: "INACTIVE" });
    for (let n = 0; n < 2; n += 1) await addUser(table, boss, { email: `in-${n}@example.com` });
    const list = async (query: Record<string, string>) => {
      const found: string[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined; ) {
        const asked = { ...query, limit: "2", ...(cursor && { cursor }) };
        const { body, headers } = await callOn(table, "members/list-members", boss, { query: asked });
        found.push(...body.map((one: any) => `${one.userEmail.split("@")[0]} ${one.state}`));
        cursor = /cursor=([^&>]+)/.exec(String(headers.link ?? ""))?.[1];
      }
      return found.sort();
    };
    const active = ["in-0 Active", "in-1 Active", "owner-of-A Active"];
    const inactive = [0, 1, 2, 3, 4].map((n) => `out-${n} Inactive`);
    expect(await list({})).toEqual(active);
    expect(await list({ state: "Active" })).toEqual(active);
    expect(await list({ state: "Inactive" })).toEqual(inactive);
    expect(await list({ state: "All" })).toEqual([...active, ...inactive].sort());
    expect(await list({ state: "Inactive", email: "OUT-3@example.com" })).toEqual(["out-3 Inactive"]);
    const both = await callOn(table, "members/list-members", boss, {
      query: { state: "All", removed: "true" },
    });
    expect([both.status, both.body.errors[0].reason]).toEqual([400, expect.stringMatching(/either/)]);
    const params = { userId: String(memberBy(ids.A, "out-0@example.com")?.userId) };
    const { body } = await callOn(table, "members/get-member", boss, { params });
    expect([body.state, body.licenseBillingStatus]).toEqual(["Inactive", "Released"]);
  });

  test("of an active one takes everything back, the license included", async () => {
    const { table, ids, annaId, anna, owners } = world;
    await addTo(world, "A", annaId);
    await addTo(world, "B", annaId);
    await addUser(table, boss, { email: anna.email, state: "INACTIVE" });
    expect((await accessesOf(table, anna)).map(({ company }) => company.name)).toEqual(["B"]);
    expect((await callOn(table, "users/get-me", anna)).body.business.name).toBe("B");
    expect([seatsOf(table, ids.A), owners.B !== undefined]).toEqual([1, true]);
    await expectCounted(ids.A);
  });

  test("and ACTIVE at once, whatever comes between, leave seats as counted", async () => {
    for (let seed = 0; seed < 150; seed += 1) {
      world = await companies("A");
      const { table, ids } = world;
      await addUser(table, boss, { email });
      const on = interleaved(table, seed);
      await Promise.all(
        ["INACTIVE", "ACTIVE", "INACTIVE"].map((state) => addUser(on, boss, { email, state })),
      );
      await expectCounted(ids.A);
      const isActive = memberBy(ids.A)?.state === "Active";
      const userId = String(memberBy(ids.A)?.userId);
      expect(table.partition(`USER#${userId}`, "MEMBER#")).toHaveLength(isActive ? 1 : 0);
    }
  });
});

describe("what is refused changes nothing, and says what to do", () => {
  test.each([
    ["a password", { password: "hunter22" }, 422, "password", /identity provider/],
    ["an ssn without a configured key", { ssn: "078-05-1120" }, 422, "ssn", /companyUsers\.ssnKey/],
    ["an owner", { role: "ACCOUNT_OWNER" }, 403, undefined, /POST \/businesses\/me/],
    ["no email and no code", { email: null }, 422, "email", /user_code/],
    ["a role of null", { role: null }, 422, "role", /must be one of .*MANAGER/],
    ["a state of null", { state: null }, 422, "state", /must be one of ACTIVE, INACTIVE/],
    ["a mail that SES takes none of", { email: "ñu@example.com", send_email: true }, 422, "email", /ASCII/],
    ["a mail to an inactive user", { state: "INACTIVE", send_email: true }, 422, "send_email", /activated/],
    ["February 30", { date_of_birth: "2001-02-30" }, 422, "date_of_birth", /ISO date/],
    ["an unknown time zone", { time_zone_id: "Mars/Olympus" }, 422, "time_zone_id", /IANA/],
    ["more than the whole company", { owner_ship: 100.5 }, 422, "owner_ship", /./],
    ["a code that a path can't hold", { user_code: ".." }, 422, "user_code", /letters/],
    ["a share below nothing", { owner_ship: -1 }, 422, "owner_ship", /./],
    ["a share of 21 decimals", { owner_ship: "1.000000000000000000001" }, 422, "owner_ship", /at most 20/],
    ["a phone with a form feed in it", { phone: "+1\f555 0100" }, 422, "phone", /phone number/],
    ["a phone of two lines", { phone: "+1\n555 0100" }, 422, "phone", /phone number/],
    ["a flag that is none", { send_email: "yes" }, 422, "send_email", /true or false/],
    ["a country by its name", { address: { country: "DE" } }, 422, "address/country", /whole number/],
    ["a share that is no number", { owner_ship: {} }, 422, "owner_ship", /plain decimal/],
    ["a number for a name", { first_name: 1.5 }, 422, "first_name", /./],
  ])("%s", async (_, more, expected, field, sentence) => {
    const before = stateIn(world.table);
    const { status, body } = await addUser(world.table, boss, { email, ...more });
    expect([status, body.errors?.[0].field]).toEqual([expected, field]);
    expect(body.errors?.[0].message ?? body.message).toMatch(sentence);
    expect(stateIn(world.table)).toBe(before);
  });

  test("a code that another user of the company has; in another company it is free", async () => {
    const { table, owners } = world;
    await addUser(table, boss, { email, user_code: "one" });
    const taken = await addUser(table, boss, { email: "ben@example.com", user_code: "one" });
    expect([taken.status, taken.body.code]).toEqual([409, "user_code_taken"]);
    expect(itemsOf("EMAIL").map(({ address }) => address)).not.toContain("ben@example.com");
    expect((await addUser(table, owners.B as Person, { email, user_code: "one" })).status).toBe(201);
    await addUser(table, boss, { email, user_code: "two" });
    expect((await addUser(table, boss, { email: "ben@example.com", user_code: "one" })).status).toBe(201);
    expect((await get("two")).body.email).toBe(email);
  });
});

describe("owner_ship is a decimal from 0 to 100, to the last digit", () => {
  const share = async (rawBody: string, type = "application/json") => {
    const headers = { "content-type": type, accept: "application/json" };
    const { status } = await callOn(world.table, "company-users/add-user", boss, { rawBody, headers });
    return [status, memberBy(world.ids.A)?.ownership];
  };
  const asJson = (number: string) => share(`{"email":"${email}","owner_ship":${number}}`);
  const asXml = (number: string) =>
    share(
      `<user_add_update_model><email>${email}</email><owner_ship>${number}</owner_ship></user_add_update_model>`,
      "application/xml",
    );
  const taken = ["0", "100", "1.01", "1.50", "33.33333333333333333301", "0.00000000000000000001", "100.00"];
  const refused = ["-1", "-0", "100.00000000000000000001", "101", "1.000000000000000000001"];

  test.each(taken)("%s is kept as it was written, in JSON and in XML", async (number) => {
    expect(await asJson(number)).toEqual([201, number]);
    expect(await asXml(` ${number}\n`)).toEqual([200, number]);
  });

  test.each(refused)("%s is refused in both", async (number) => {
    expect(await asJson(number)).toEqual([422, undefined]);
    expect(await asXml(number)).toEqual([422, undefined]);
  });

  test("an exponent is JSON's way to write it: kept as the plain decimal; in XML it is none", async () => {
    expect(await asJson("1e1")).toEqual([201, "10"]);
    expect(await asJson("1.5E-7")).toEqual([200, "0.00000015"]);
    expect(await asJson("1e3")).toEqual([422, "0.00000015"]);
    expect(await asJson("1e400")).toEqual([422, "0.00000015"]);
    expect(await asXml("1e1")).toEqual([422, "0.00000015"]);
  });
});

describe("what was read may be sent back, and changes nothing", () => {
  const accesses = { owner: "1", admin: "2", manager: "3", agent: "4", customer_care: "5", accounting: "6" };
  test.each(Object.entries(accesses))("the access of an %s stays", async (access, access_id) => {
    const { table, ids, anna, annaId } = world;
    await addTo(world, "A", annaId, { access_id });
    await addUser(table, boss, { email: anna.email, user_code: "anna", account_title: "Dr." });
    const before = { ...memberBy(ids.A, anna.email) };
    expect(before.access).toBe(access);
    const { body } = await get("anna");
    const { status, body: after } = await addUser(table, boss, body);
    expect([status, after]).toEqual([200, body]);
    expect({ ...memberBy(ids.A, anna.email), modifiedAt: 0 }).toMatchObject({ ...before, modifiedAt: 0 });
    const events = table.partition(`BUSINESS#${ids.A}`, "EVENT#").map(({ type }) => type);
    expect(events).not.toContain("member.role_changed");
  });

  test("another role is another access, and nobody becomes an owner by it", async () => {
    const { table, ids, anna, annaId } = world;
    await addTo(world, "A", annaId, { access_id: "2" });
    const say = async (role: string) => {
      const { status } = await addUser(table, boss, { email: anna.email, role });
      return [status, memberBy(ids.A, anna.email)?.access];
    };
    expect(await say("CUSTOMER_CARE")).toEqual([200, "customer_care"]);
    expect(await say("MANAGER")).toEqual([200, "manager"]);
    expect(await say("ACCOUNT_OWNER")).toEqual([403, "manager"]);
  });

  test("the company's address, shown as theirs, doesn't become their own", async () => {
    const { table, ids } = world;
    const lines = { line1: "1 Main", line2: null, city: "X", state: null, postalCode: "1", country: null };
    await callOn(table, "businesses/update-business", boss, { body: { address: lines } });
    await addUser(table, boss, { email, user_code: "nora", address: { city: "Home" } });
    await addUser(table, boss, { email, address_same_as_company: true });
    const { body } = await get("nora");
    expect(body.address.city).toBe("X");
    await addUser(table, boss, body);
    expect(memberBy(ids.A)?.address).toEqual({ city: "Home" });
  });
});

describe("an ssn", () => {
  test("stays where it is left out, and null takes it back, with a key or without one", async () => {
    const { publicKey } = await generateKeyPair("ECDH-ES+A256KW", { extractable: true });
    const { table, ids } = world;
    for (const state of ["ACTIVE", "INACTIVE"]) {
      vi.stubEnv("COMPANYUSERS", JSON.stringify({ ssnKey: await exportJWK(publicKey) }));
      await addUser(table, boss, { email, state, ssn: "078-05-1120" });
      const sealed = memberBy(ids.A)?.sealedSsn;
      expect(sealed).toMatch(/^ey/);
      await addUser(table, boss, { email, first_name: "Nora" });
      expect(memberBy(ids.A)?.sealedSsn).toBe(sealed);
      vi.unstubAllEnvs();
      expect((await addUser(table, boss, { email, ssn: null })).status).toBe(200);
      expect(memberBy(ids.A)).not.toHaveProperty("sealedSsn");
    }
  });

  test("is sealed at once to the configured key, which alone opens it, and is never shown", async () => {
    const { publicKey, privateKey } = await generateKeyPair("RSA-OAEP-256", { extractable: true });
    vi.stubEnv("COMPANYUSERS", JSON.stringify({ ssnKey: await exportJWK(publicKey) }));
    const { table, ids } = world;
    const ssn = "078-05-1120";
    const { body } = await addUser(
      table,
      boss,
      { email, ssn, user_code: "nora" },
      { headers: { "idempotency-key": "k" } },
    );
    expect(JSON.stringify([body, (await get("nora")).body])).not.toMatch(/ssn|078/);
    expect(JSON.stringify([...table.items])).not.toContain(ssn);
    const { plaintext } = await compactDecrypt(String(memberBy(ids.A)?.sealedSsn), privateKey);
    expect(new TextDecoder().decode(plaintext)).toBe(ssn);
    vi.unstubAllEnvs();
  });
});

describe("send_email", () => {
  const activations = () => world.table.partition(`BUSINESS#${world.ids.A}`, "ACTIVATION#");

  test("mails that they have been added, without a token; what SES reports is recorded", async () => {
    const ses = new FakeSes();
    const { table } = world;
    await callOn(table, "users/update-me", boss, { body: { name: "Olivia" } });
    await addUser(table, boss, { email, send_email: true, role: "MANAGER" }, { email: ses });
    const [mail] = ses.mails;
    expect([ses.mails.length, mail?.to, mail?.token]).toEqual([1, email, ""]);
    expect(mail?.text).toMatch(
      /Olivia has added you to A as an Admin\.[\s\S]+https:\/\/app\.example\.com\/\n/,
    );
    const tags = { businessId: [mail?.businessId], invitationId: [mail?.invitationId], sendNo: ["1"] };
    const report = { eventType: "Delivery", mail: { tags } };
    const event = { id: "1", source: "aws.ses", "detail-type": "Email Delivered", detail: report };
    await runJobOn(table, "jobs/record-delivery", { event });
    expect(activations()).toMatchObject([{ sentAt: itsTime, deliveredAt: itsTime, state: "Pending" }]);
  });

  test("is tried again by the job while SES is down, three times in all; the license stays the member's", async () => {
    const { table, ids } = world;
    const down = new FakeSes(() => {
      throw sesError("ServiceUnavailable", 503);
    });
    await addUser(table, boss, { email, send_email: true }, { email: down });
    for (const minutes of [3, 10, 120]) {
      await runJobOn(table, "jobs/expire-invitations", { now: itsTime + minutes * aMinute, email: down });
    }
    await runJobOn(table, "jobs/expire-invitations", { now: itsTime + 400 * aMinute, email: down });
    expect([down.mails.length, activations()[0]?.state, seatsOf(table, ids.A)]).toEqual([3, "Failed", 2]);
    await expectCounted(ids.A);
  });

  test.each(["removed", "INACTIVE"])("is not tried again for somebody who is %s by then", async (how) => {
    const { table, ids } = world;
    const down = new FakeSes(() => {
      throw sesError("ServiceUnavailable", 503);
    });
    await addUser(table, boss, { email, send_email: true }, { email: down });
    const params = { userId: String(memberBy(ids.A)?.userId) };
    if (how === "removed") await callOn(table, "members/remove-member", boss, { params });
    else await addUser(table, boss, { email, state: "INACTIVE" });
    const up = new FakeSes();
    await runJobOn(table, "jobs/expire-invitations", { now: itsTime + 10 * aMinute, email: up });
    expect([up.mails, activations()[0]?.state, seatsOf(table, ids.A)]).toEqual([[], "Failed", 1]);
  });

  test("goes to the address that they have now, for whom the company only names by code", async () => {
    const { table, anna } = world;
    await addUser(table, boss, { email: anna.email, state: "INACTIVE", user_code: "n" });
    await callOn(table, "users/get-me", { ...anna, email: "anna.new@example.com" });
    const ses = new FakeSes();
    await addUser(table, boss, { user_code: "n", state: "ACTIVE", send_email: true }, { email: ses });
    expect(ses.mails.map(({ to }) => to)).toEqual(["anna.new@example.com"]);
  });

  test("is refused for whom there is no address to mail, rather than forgotten", async () => {
    const { table } = world;
    const una: Person = { subject: "una", email: "una@example.com", emailVerified: false };
    const user_code = await idOf(table, una);
    await addTo(world, "A", user_code);
    const before = stateIn(table);
    const { status, body } = await addUser(table, boss, { user_code, send_email: true });
    const [error] = body.errors;
    expect([status, error.field, error.message]).toEqual([
      422,
      "send_email",
      expect.stringMatching(/verified/),
    ]);
    expect(stateIn(table)).toBe(before);
    await idOf(table, { ...una, emailVerified: true });
    const ses = new FakeSes();
    expect((await addUser(table, boss, { user_code, send_email: true }, { email: ses })).status).toBe(200);
    expect(ses.mails.map(({ to }) => to)).toEqual([una.email]);
  });

  test("is in the audit as an activation, from the first try to its end, and never as an invitation", async () => {
    const { table, ids } = world;
    const down = new FakeSes(() => {
      throw sesError("ServiceUnavailable", 503);
    });
    const trailOf = (id: unknown) =>
      table
        .partition(`BUSINESS#${ids.A}`, "EVENT#")
        .filter(({ subjectId }) => subjectId === id)
        .map(({ type }) => type);
    const days = 24 * 60 * aMinute;
    await addUser(table, boss, { email, send_email: true }, { email: down });
    const [failing] = activations();
    for (const minutes of [3, 10, 120, 400]) {
      await runJobOn(table, "jobs/expire-invitations", { now: itsTime + minutes * aMinute, email: down });
    }
    expect(trailOf(failing?.id)).toEqual([
      "activation.send_failed",
      "activation.send_failed",
      "activation.failed",
    ]);
    const now = itsTime + days;
    await addUser(table, boss, { email, send_email: true }, { now });
    const sent = activations().find(({ id }) => id !== failing?.id);
    await runJobOn(table, "jobs/expire-invitations", { now: now + 8 * days });
    expect(trailOf(sent?.id)).toEqual(["activation.sent", "activation.expired"]);
  });

  test("ends with its life, and gives back nothing", async () => {
    const { table, ids } = world;
    await addUser(table, boss, { email, send_email: true });
    const now = itsTime + 8 * 24 * 60 * aMinute;
    const ses = new FakeSes();
    await runJobOn(table, "jobs/expire-invitations", { now: itsTime + 6 * 24 * 60 * aMinute, email: ses });
    await runJobOn(table, "jobs/expire-invitations", { now, email: ses });
    expect([ses.mails.length, activations()[0]?.state, seatsOf(table, ids.A)]).toEqual([0, "Expired", 2]);
    await expectCounted(ids.A);
  });

  test("accepts the open invitation of whom it adds: one license, not two", async () => {
    const { table, ids } = world;
    await callOn(table, "invitations/invite-member", boss, { body: { email } });
    expect(seatsOf(table, ids.A)).toBe(2);
    await addUser(table, boss, { email });
    expect(seatsOf(table, ids.A)).toBe(2);
    await expectCounted(ids.A);
  });
});
