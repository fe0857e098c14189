import { describe, expect, test, vi } from "vitest";
import { callOn, itsTime, type Person } from "../table/in-process.ts";
import {
  accessesOf,
  addTo,
  companies,
  idOf,
  interleaved,
  meeting,
  person,
  primaryOf,
  seatsOf,
  stateIn,
} from "./dialect-world.ts";
import { expectSound } from "./invariants.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const seeds = Array.from({ length: 150 }, (_, seed) => seed);
const put = "user-access/update-user-access";

describe("two POSTs making two different accesses primary at once: exactly one primary", () => {
  test("by an admin of all companies, whatever comes between", async () => {
    for (const seed of seeds) {
      const world = await companies("A", "B");
      const { table, ids, owners, annaId, anna } = world;
      const boss = owners.A as Person;
      await addTo(world, "B", ids["owner-of-A"] ?? "", { access_id: "2" });
      const on = interleaved(table, seed);
      const answers = await Promise.all(
        ["A", "B"].map((name) => addTo(world, name, annaId, { primary: true }, on, boss)),
      );
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect(await primaryOf(table, anna)).toHaveLength(1);
      const events = 3 + 2 + 3; // people, companies, accesses
      expectSound(table, [ids.A ?? "", ids.B ?? ""], [annaId], events);
    }
  });

  test("by admins of one company each and of the primary one: the second comes too late, and is told so", async () => {
    const world = await companies("A", "B", "C");
    const { table, ids, anna, annaId } = world;
    await addTo(world, "C", annaId);
    for (const name of ["A", "B"]) await addTo(world, "C", ids[`owner-of-${name}`] ?? "", { access_id: "2" });
    const both = meeting(table, 2);
    const answers = await Promise.all(
      ["A", "B"].map((name) => addTo(world, name, annaId, { primary: true }, both)),
    );
    const [won] = answers.filter(({ status }) => status === 201);
    const [lost] = answers.filter(({ status }) => status === 403);
    expect(lost?.body.code).toBe("primary_not_yours");
    expect(await primaryOf(table, anna)).toEqual([won?.body.user_access.company.name]);
    expect(await accessesOf(table, anna)).toHaveLength(2);
  });
});

describe("an admin of one company trying to make it primary for a person of another: 403, nothing changed", () => {
  test("by POST", async () => {
    const world = await companies("A", "B");
    const { table, annaId } = world;
    await addTo(world, "A", annaId);
    const before = stateIn(table);
    const { status, body } = await addTo(world, "B", annaId, { primary: true });
    expect([status, body.code, body.errors.base[0]]).toEqual([
      403,
      "primary_not_yours",
      expect.stringMatching(/admin of both companies/),
    ]);
    expect(stateIn(table)).toBe(before);
  });

  test("also where they are an Agent of the other", async () => {
    const world = await companies("A", "B");
    const { table, ids, owners, annaId } = world;
    await addTo(world, "A", annaId);
    await addTo(world, "B", annaId);
    await addTo(world, "A", ids["owner-of-B"] ?? "", { access_id: "4" });
    const before = stateIn(table);
    const { status, body } = await callOn(table, put, owners.B as Person, {
      params: { user_id: annaId },
      body: { company_id: ids.B, primary: true },
    });
    expect([status, body.code, stateIn(table)]).toEqual([403, "primary_not_yours", before]);
  });

  test("by PUT, together with another access", async () => {
    const world = await companies("A", "B");
    const { table, ids, owners, annaId } = world;
    await addTo(world, "A", annaId);
    await addTo(world, "B", annaId);
    const before = stateIn(table);
    const { status, body } = await callOn(table, put, owners.B as Person, {
      params: { user_id: annaId },
      body: { company_id: ids.B, primary: true, access_id: "3" },
    });
    expect([status, body.code]).toEqual([403, "primary_not_yours"]);
    expect(stateIn(table)).toBe(before);
  });
});

describe("a user_id of another company", () => {
  test.each([
    ["user-access/list-user-accesses", "user_not_found"],
    [put, "member_not_found"],
    ["user-access/remove-user-access", "user_access_not_found"],
  ])("%s answers as for nobody's", async (key, code) => {
    const world = await companies("A", "B");
    const { table, ids, owners, annaId, anna } = world;
    await addTo(world, "A", annaId);
    const [{ id: user_access_id = "" } = {}] = await accessesOf(table, anna);
    const before = stateIn(table);
    const answers = await Promise.all(
      [annaId, "usr_00000000000000000000000000"].map((user_id) =>
        callOn(table, key, owners.B as Person, {
          params: { user_id, user_access_id },
          ...(key === put && { body: { company_id: ids.B, access_id: "3" } }),
        }),
      ),
    );
    for (const { status, body } of answers) expect([status, body.code]).toEqual([404, code]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect(stateIn(table)).toBe(before);
  });
});

describe("what is primary", () => {
  test("the first access is, also where it isn't asked for; the next isn't by itself", async () => {
    const world = await companies("A", "B");
    const { table, anna, annaId } = world;
    expect((await addTo(world, "A", annaId, { primary: false })).body.user_access.primary).toBe(true);
    expect((await addTo(world, "B", annaId)).body.user_access.primary).toBe(false);
    expect(await primaryOf(table, anna)).toEqual(["A"]);
  });

  test("is changed by the person, and by an admin of both companies", async () => {
    const world = await companies("A", "B");
    const { table, ids, owners, anna, annaId } = world;
    for (const name of ["A", "B"]) await addTo(world, name, annaId);
    const choose = (by: Person, name: string) =>
      callOn(table, put, by, {
        params: { user_id: annaId },
        body: { company_id: ids[name], primary: true },
      });
    expect((await choose(anna, "B")).body.user_access.primary).toBe(true);
    expect(await primaryOf(table, anna)).toEqual(["B"]);
    await addTo(world, "B", ids["owner-of-A"] ?? "", { access_id: "3" });
    expect((await choose(owners.A as Person, "A")).status).toBe(200);
    expect(await primaryOf(table, anna)).toEqual(["A"]);
  });

  test("passes on to the oldest of the others, where the primary one is removed", async () => {
    const world = await companies("A", "B", "C");
    const { table, ids, owners, anna, annaId } = world;
    for (const [n, name] of ["A", "C", "B"].entries()) await addTo(world, name, annaId, { now: itsTime + n });
    const [{ id: user_access_id = "" } = {}] = await accessesOf(table, anna);
    const options = { params: { user_id: annaId, user_access_id } };
    const { status } = await callOn(table, "user-access/remove-user-access", owners.A as Person, options);
    expect([status, await primaryOf(table, anna), seatsOf(table, ids.A)]).toEqual([204, ["C"], 1]);
  });

  test("an admin sees the accesses to their own company only; an Agent those of nobody else", async () => {
    const world = await companies("A", "B");
    const { table, owners, annaId, ids } = world;
    for (const name of ["A", "B"]) await addTo(world, name, annaId);
    const ben = person("ben");
    await addTo(world, "A", await idOf(table, ben));
    const list = async (who: Person) =>
      callOn(table, "user-access/list-user-accesses", who, { params: { user_id: annaId } });
    const { body } = await list(owners.A as Person);
    expect(body.user_accesses.map(({ company }: any) => company.id)).toEqual([ids.A]);
    expect((await list(ben)).status).toBe(403);
  });
});

describe("businesses as a hierarchy", () => {
  const place = (table: any, by: Person, id = "", parentBusinessId: string | null = null) =>
    callOn(table, "businesses/update-business", by, {
      body: { parentBusinessId },
      headers: { "x-business-id": id },
    });

  async function family(count: number) {
    const world = await companies("A");
    const { table, ids, owners } = world;
    const boss = owners.A as Person;
    const all = [ids.A ?? ""];
    while (all.length < count) {
      const { body } = await callOn(table, "businesses/create-business", boss, { body: { name: "X" } });
      all.push(body.id);
    }
    return { table, boss, all };
  }

  test("each put below the other at once makes no cycle, whatever comes between", async () => {
    for (const seed of seeds) {
      const { table, boss, all } = await family(3);
      const [a, b, c] = all;
      const on = interleaved(table, seed);
      const answers = await Promise.all([
        place(on, boss, a, b),
        place(on, boss, b, c),
        place(on, boss, c, a),
      ]);
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThan(3);
      for (const start of all) {
        const seen = [];
        for (let at: string | undefined = start; at; ) {
          expect(seen).not.toContain(at);
          seen.push(at);
          at = table.partition(`BUSINESS#${at}`, "BUSINESS")[0]?.parentBusinessId as string | undefined;
        }
      }
      for (const id of all) {
        const children = all.filter(
          (one) => table.partition(`BUSINESS#${one}`, "BUSINESS")[0]?.parentBusinessId === id,
        );
        expect(table.partition(`BUSINESS#${id}`, "BUSINESS")[0]?.childCount ?? 0).toBe(children.length);
      }
    }
  });

  test("is at most 5 deep, shows in both dialects, and only the childless move", async () => {
    const { table, boss, all } = await family(6);
    const answers = [];
    for (let n = 1; n < all.length; n += 1) answers.push(await place(table, boss, all[n], all[n - 1]));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 409]);
    expect(answers[0]?.body.parentBusinessId).toBe(all[0]);
    const shown = await accessesOf(table, boss);
    const company = shown.map(({ company }: any) => company).find(({ id }) => id === all[1]);
    expect([company.parent_company_id, company.default]).toEqual([all[0], false]);
    expect((await place(table, boss, all[2], null)).body.code).toBe("parent_not_possible");
    expect((await place(table, boss, all[4], null)).body.parentBusinessId).toBe(null);
    expect((await place(table, boss, all[3], null)).body.parentBusinessId).toBe(null);
  });

  test("an Admin doesn't say which business is the default one, and an Owner of one alone doesn't either", async () => {
    const world = await companies("A", "B");
    const { table, ids, owners } = world;
    const [boss, admin] = [owners.A as Person, owners.B as Person];
    const headers = { "x-business-id": ids.A ?? "" };
    const say = (by: Person, isDefault: boolean | null, more = {}) =>
      callOn(table, "businesses/update-business", by, { body: { isDefault, ...more }, headers });
    await addTo(world, "A", ids["owner-of-B"] ?? "", { access_id: "2" });
    const before = stateIn(table);
    const byAdmin = await say(admin, true, { website: "https://a.example" });
    expect([byAdmin.status, byAdmin.body.code, stateIn(table)]).toEqual([403, "forbidden", before]);
    expect((await say(admin, null, { website: "https://a.example" })).status, "as it is").toBe(200);
    expect((await say(boss, true)).body.isDefault).toBe(true);
    expect((await say(admin, true)).status, "as it is").toBe(200);
    await addTo(world, "B", ids["owner-of-A"] ?? "", { access_id: "1" });
    expect((await place(table, boss, ids.A, ids.B)).status).toBe(200);
    expect((await say(boss, false)).body.isDefault, "an Owner of both").toBe(false);
    const params = { userId: ids["owner-of-A"] ?? "" };
    const inB = { "x-business-id": ids.B ?? "" };
    await callOn(table, "members/update-member", admin, { params, body: { role: "Admin" }, headers: inB });
    const byOwnerOfOne = await say(boss, true);
    expect([byOwnerOfOne.status, byOwnerOfOne.body.code]).toEqual([403, "forbidden"]);
  });

  test("an Admin doesn't place a business, and an Owner of one alone doesn't either", async () => {
    const world = await companies("A", "B");
    const { table, ids, owners } = world;
    await addTo(world, "A", ids["owner-of-B"] ?? "", { access_id: "2" });
    const byAdmin = await place(table, owners.B as Person, ids.A, ids.B);
    expect([byAdmin.status, byAdmin.body.code]).toEqual([403, "forbidden"]);
    const besides = await place(table, owners.B as Person, ids.A, "biz_00000000000000000000000000");
    expect([besides.status, besides.body.code], "whatever the parent").toEqual([403, "forbidden"]);
    const byStranger = await place(table, owners.A as Person, ids.A, ids.B);
    expect([byStranger.status, byStranger.body.code]).toEqual([404, "parent_not_found"]);
  });
});

describe("legal terms", () => {
  const approve = (table: any, who: Person, version = "2026-11", now = itsTime) =>
    callOn(table, "users/approve-legal-terms", who, { body: { version }, now });
  const trail = (table: any, userId: string) =>
    table.partition(`USER#${userId}`, "EVENT#").filter(({ type }: any) => type === "user.terms_approved");

  test("approved again stay as they were approved first; a newer version is a record of its own", async () => {
    const { table, anna, annaId } = await companies("A");
    const first = await approve(table, anna);
    const later = await approve(table, anna, "2026-11", itsTime + 60_000);
    const { legalTerms } = later.body.compliance;
    expect(legalTerms).toEqual({
      version: "2026-11",
      acceptedAt: new Date(itsTime).toISOString(),
      acceptedByUserId: annaId,
    });
    expect([first.body, trail(table, annaId).length]).toEqual([later.body, 1]);
    vi.stubEnv("LEGALTERMS", JSON.stringify({ version: "2027-01", url: "https://app.example.com/terms" }));
    const newer = await approve(table, anna, "2027-01", itsTime + 120_000);
    vi.unstubAllEnvs();
    expect(newer.body.compliance.legalTerms).toMatchObject({ version: "2027-01" });
    expect(
      table.partition(`USER#${annaId}`, "TERMS#").map(({ version, acceptedAt }) => [version, acceptedAt]),
    ).toEqual([
      ["2026-11", new Date(itsTime).toISOString()],
      ["2027-01", new Date(itsTime + 120_000).toISOString()],
    ]);
    expect(trail(table, annaId)).toHaveLength(2);
    expect((await approve(table, anna)).body.compliance.legalTerms, "the first one again").toEqual(
      legalTerms,
    );
  });

  test("approved twice at once, whatever comes between: one record, one event, one time", async () => {
    for (const seed of seeds) {
      const { table, anna, annaId } = await companies("A");
      const on = interleaved(table, seed);
      const times = [itsTime, itsTime + 5];
      const answers = await Promise.all(times.map((now) => approve(on, anna, "2026-11", now)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const [record, ...others] = table.partition(`USER#${annaId}`, "TERMS#");
      expect(others).toEqual([]);
      for (const { body } of answers) {
        expect(body.compliance.legalTerms.acceptedAt).toBe(record?.acceptedAt);
      }
      expect(trail(table, annaId)).toHaveLength(1);
    }
  });

  test("taken back in the profile are approved by approving them again, as of the first time", async () => {
    const { table, anna, annaId } = await companies("A");
    await approve(table, anna);
    await callOn(table, "users/update-me", anna, { body: { compliance: { acceptedTerms: false } } });
    const { body } = await approve(table, anna, "2026-11", itsTime + 60_000);
    expect([body.compliance.acceptedTerms, body.compliance.legalTerms.acceptedAt]).toEqual([
      true,
      new Date(itsTime).toISOString(),
    ]);
    expect(trail(table, annaId)).toHaveLength(2);
  });

  test("and the onboarding stay as they are, whatever a form says that was read before, or leaves out", async () => {
    const { table, anna } = await companies("A");
    const stale = (await callOn(table, "users/get-me", anna)).body.compliance;
    await callOn(table, "users/complete-onboarding", anna);
    const { legalTerms, onboardingCompletedAt } = (await approve(table, anna)).body.compliance;
    const emptied = { acceptedTerms: true, legalTerms: null, onboardingCompletedAt: null };
    for (const compliance of [stale, emptied]) {
      const body = { compliance: { ...compliance, acceptedSms: true } };
      const { status, body: user } = await callOn(table, "users/update-me", anna, { body });
      expect([status, user.compliance.acceptedSms]).toEqual([200, true]);
      expect(user.compliance).toMatchObject({ legalTerms, onboardingCompletedAt });
    }
    expect([legalTerms.version, onboardingCompletedAt]).toEqual(["2026-11", new Date(itsTime).toISOString()]);
  });

  test("and an onboarding that is completed again was completed at first", async () => {
    const { table, anna } = await companies("A");
    for (const now of [itsTime, itsTime + 60_000]) {
      const { body } = await callOn(table, "users/complete-onboarding", anna, { now });
      expect(body.compliance.onboardingCompletedAt).toBe(new Date(itsTime).toISOString());
    }
  });
});
