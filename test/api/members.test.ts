import { describe, expect, test } from "vitest";
import { owner, type Person, signIn } from "./client.ts";

const unknownUser = "usr_00000000000000000000000000";

/** Somebody who has signed in, with their id. */
async function somebody(name?: string) {
  const person = await signIn(name ? { name } : {});
  return { ...person, id: (await person.get("/users/me")).body.id as string };
}

/** A member of the owner's business, who works in it. */
async function member(of: Person & { businessId: string }, role: string) {
  const person = await somebody();
  const { status } = await of.post("/businesses/me/users", { userId: person.id, role });
  expect(status).toBe(200);
  return person;
}

describe("POST /businesses/me/users", () => {
  test("answers the seed's page to the letter", async () => {
    const boss = await owner("Acme");
    const person = await somebody("Ada Lovelace");
    const { status, body } = await boss.post("/businesses/me/users", {
      email: person.email.toUpperCase(),
      role: "Admin",
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      business: { id: boss.businessId, name: "Acme" },
      user: { id: person.id, name: "Ada Lovelace" },
      userEmail: person.email,
      role: "Admin",
      createdByUserId: (await boss.get("/users/me")).body.id,
      removedAt: null,
      removedByUserId: null,
      lastUsedAt: null,
      licenseBillingStatus: "NotBilled",
      licenseStripeSubscriptionId: null,
      licenseStripeSubscriptionItemId: null,
      licenseQuantity: "2",
      licenseRenewalDate: null,
      name: "Ada Lovelace",
      id: expect.stringMatching(/^mem_/),
      createdAt: expect.any(String),
      modifiedAt: null,
    });
    expect((await person.get("/users/me")).body.business).toEqual({ id: boss.businessId, name: "Acme" });
  });

  test("makes an Agent where no role is given, and takes null for what is not given", async () => {
    const [boss, person] = [await owner(), await somebody()];
    const { body } = await boss.post("/businesses/me/users", { userId: person.id, email: null });
    expect(body.role).toBe("Agent");
  });

  test("leaves the current business of somebody who has one", async () => {
    const [boss, person] = [await owner("New"), await owner("Own")];
    await boss.post("/businesses/me/users", { email: person.email });
    expect((await person.get("/users/me")).body.business.name).toBe("Own");
    expect((await person.get("/businesses/me/options")).body).toHaveLength(2);
  });

  test("twice answers 409 and takes one license", async () => {
    const boss = await owner();
    const person = await member(boss, "Agent");
    const { status, body } = await boss.post("/businesses/me/users", { userId: person.id });
    expect([status, body.code]).toEqual([409, "already_member"]);
    expect((await boss.get("/businesses/me")).body.billingState.businessUserAssignedQuantity).toBe(2);
  });

  test("of an email that only an unverified account has, and of nobody's, answers the same 404", async () => {
    const boss = await owner();
    const email = `unproved-member-${process.pid}@example.com`;
    await (await signIn({ email, emailVerified: false })).get("/users/me");
    const answers = await Promise.all(
      [
        { email },
        { email: `nobody-${email}` },
        { email: "no email" },
        { userId: unknownUser },
        { userId: "x" },
      ].map((whom) => boss.post("/businesses/me/users", whom)),
    );
    for (const { status, body } of answers) expect([status, body.code]).toEqual([404, "user_not_found"]);
    expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1);
  });

  test("100 at once to one business: all are answered, and the seats are exact", async () => {
    const boss = await owner();
    const people = [];
    for (let n = 0; n < 10; n += 1)
      people.push(...(await Promise.all(Array.from({ length: 10 }, () => somebody()))));
    const add = async (person: { id: string }): Promise<number> => {
      const { status } = await boss.post("/businesses/me/users", { userId: person.id });
      return status === 503 ? add(person) : status;
    };
    expect(new Set(await Promise.all(people.map(add)))).toEqual(new Set([200]));
    expect((await boss.get("/businesses/me")).body.billingState.businessUserAssignedQuantity).toBe(101);
    expect((await boss.get("/businesses/me/users?limit=100")).body).toHaveLength(100);
  }, 60_000);

  test.each([
    [{}, ""],
    [{ userId: unknownUser, email: "a@example.com" }, ""],
    [{ userId: unknownUser, role: "God" }, "/role"],
    [{ userId: unknownUser, businessId: "biz_x" }, "/businessId"],
    [{ userId: unknownUser, id: "mem_x" }, "/id"],
    [{ userId: unknownUser, access: "owner" }, "/access"],
  ])("refuses %j", async (body, pointer) => {
    const answer = await (await owner()).post("/businesses/me/users", body);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
  });
});

describe("GET /businesses/me/users", () => {
  test("lists members with their licenses, by role, by email, and those who were removed", async () => {
    const boss = await owner();
    const [admin, agent, gone] = [
      await member(boss, "Admin"),
      await member(boss, "Agent"),
      await member(boss, "Agent"),
    ];
    await boss.delete(`/businesses/me/users/${gone.id}`);
    const emails = async (query: string) =>
      (await boss.get(`/businesses/me/users${query}`)).body.map(
        ({ userEmail }: { userEmail: string }) => userEmail,
      );
    expect((await emails("")).sort()).toEqual([boss.email, admin.email, agent.email].sort());
    expect(await emails("?role=Admin")).toEqual([admin.email]);
    expect(await emails("?role=Owner")).toEqual([boss.email]);
    expect(await emails(`?email=${encodeURIComponent(agent.email.toUpperCase())}`)).toEqual([agent.email]);
    expect(await emails("?removed=true")).toEqual([gone.email]);
    const kept = `kept-out-${boss.businessId}@example.com`.toLowerCase();
    await boss.post("/v2/user/add", { email: kept, state: "INACTIVE" });
    expect(await emails("?state=Inactive")).toEqual([kept]);
    expect((await emails("?state=All")).sort()).toEqual([boss.email, admin.email, agent.email, kept].sort());
    expect((await boss.get("/businesses/me/users?role=King")).status).toBe(400);
    expect((await boss.get("/businesses/me/users?rolle=Admin")).status).toBe(400);
  });

  test("comes in pages by Link, each member once, also where a filter is set", async () => {
    const boss = await owner();
    const people = [];
    for (let n = 0; n < 7; n += 1) people.push(await member(boss, n % 2 ? "Admin" : "Agent"));
    for (const [query, expected] of [
      ["limit=3", 8],
      ["limit=2&role=Agent", 4],
    ] as const) {
      const ids: string[] = [];
      let path: string | undefined = `/businesses/me/users?${query}`;
      while (path) {
        const { body, headers } = await boss.get(path);
        ids.push(...body.map(({ id }: { id: string }) => id));
        path = headers.get("link")?.match(/^<(.*)>/)?.[1];
      }
      expect([ids.length, new Set(ids).size]).toEqual([expected, expected]);
    }
  });

  test("shows what a person is called as soon as they change it", async () => {
    const boss = await owner();
    const person = await member(boss, "Agent");
    await person.put("/users/me", { firstName: "Grace", lastName: "Hopper" });
    const { body } = await boss.get(`/businesses/me/users/${person.id}`);
    expect([body.name, body.user.name, body.modifiedAt]).toEqual(["Grace Hopper", "Grace Hopper", null]);
  });
});

describe("GET /businesses/me/users/{userId}", () => {
  test("of another business's member, of nobody and of no id answers the same 404", async () => {
    const [mine, other] = [await owner(), await owner()];
    const theirs = await member(other, "Agent");
    for (const id of [theirs.id, unknownUser, "x", "%00"]) {
      const { status, body } = await mine.get(`/businesses/me/users/${id}`);
      expect([status, body.code]).toEqual([404, "member_not_found"]);
    }
  });

  test("notes when the member was last here, once a day", async () => {
    const boss = await owner();
    const person = await member(boss, "Agent");
    const path = `/businesses/me/users/${person.id}`;
    expect((await boss.get(path)).body.lastUsedAt).toBeNull();
    await person.get("/businesses/me");
    const { lastUsedAt } = (await boss.get(path)).body;
    expect(Date.parse(lastUsedAt)).toBeGreaterThan(Date.now() - 60_000);
    await person.get("/businesses/me");
    expect((await boss.get(path)).body.lastUsedAt).toBe(lastUsedAt);
  });
});

describe("PUT /businesses/me/users/{userId}", () => {
  test("changes a role, which holds from the next request on", async () => {
    const boss = await owner();
    const person = await member(boss, "Agent");
    expect((await person.put("/businesses/me", { name: "Mine" })).body.code).toBe("forbidden");
    const { status, body } = await boss.put(`/businesses/me/users/${person.id}`, { role: "Admin" });
    expect([status, body.role, body.modifiedAt]).toEqual([200, "Admin", expect.any(String)]);
    expect((await person.put("/businesses/me", { name: "Ours" })).status).toBe(200);
  });

  test("by an Admin never touches or makes an Owner, by any route", async () => {
    const boss = await owner();
    const bossId = (await boss.get("/users/me")).body.id;
    const [admin, agent, outsider] = [
      await member(boss, "Admin"),
      await member(boss, "Agent"),
      await somebody(),
    ];
    const answers = await Promise.all([
      admin.put(`/businesses/me/users/${bossId}`, { role: "Agent" }),
      admin.put(`/businesses/me/users/${bossId}`, { role: "Owner" }),
      admin.put(`/businesses/me/users/${agent.id}`, { role: "Owner" }),
      admin.put(`/businesses/me/users/${admin.id}`, { role: "Owner" }),
      admin.delete(`/businesses/me/users/${bossId}`),
      admin.post("/businesses/me/users", { userId: outsider.id, role: "Owner" }),
    ]);
    for (const { status, body } of answers) expect([status, body.code]).toEqual([403, "role_too_high"]);
    const { status } = await admin.post(`/businesses/me/users/${agent.id}/transfer-ownership`);
    expect(status).toBe(403);
    expect((await boss.get(`/businesses/me/users/${bossId}`)).body.role).toBe("Owner");
  });

  test("two Owners demoting each other at once: one succeeds, one gets 409 or 403, an Owner remains", async () => {
    for (let round = 0; round < 5; round += 1) {
      const one = await owner();
      const oneId = (await one.get("/users/me")).body.id;
      const two = await member(one, "Owner");
      const answers = await Promise.all([
        one.put(`/businesses/me/users/${two.id}`, { role: "Agent" }),
        two.put(`/businesses/me/users/${oneId}`, { role: "Agent" }),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409 || status === 403)).toHaveLength(1);
      expect((await one.get("/businesses/me/users?role=Owner")).body).toHaveLength(1);
    }
  });

  test("two Owners demoting themselves at once: one succeeds, one gets 409", async () => {
    const one = await owner();
    const oneId = (await one.get("/users/me")).body.id;
    const two = await member(one, "Owner");
    const answers = await Promise.all([
      one.put(`/businesses/me/users/${oneId}`, { role: "Admin" }),
      two.put(`/businesses/me/users/${two.id}`, { role: "Admin" }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe("last_owner");
  });

  test("to the role that they have changes nothing", async () => {
    const boss = await owner();
    const person = await member(boss, "Agent");
    const before = (await boss.get("/businesses/me/events")).body.length;
    const { status, body } = await boss.put(`/businesses/me/users/${person.id}`, { role: "Agent" });
    expect([status, body.modifiedAt]).toEqual([200, null]);
    expect((await boss.get("/businesses/me/events")).body).toHaveLength(before);
  });
});

describe("DELETE /businesses/me/users/{userId}", () => {
  test("removes softly, gives back the license, and adding again reactivates the membership", async () => {
    const boss = await owner();
    const person = await member(boss, "Admin");
    const path = `/businesses/me/users/${person.id}`;
    const { id, createdAt } = (await boss.get(path)).body;
    const removed = await boss.delete(path);
    expect([removed.status, removed.body]).toEqual([204, ""]);
    expect((await boss.get(path)).body).toMatchObject({
      removedAt: expect.any(String),
      licenseQuantity: "1",
    });
    expect((await person.get("/businesses/me")).body.code).toBe("no_current_business");
    expect((await boss.delete(path)).body.code).toBe("member_not_found");
    const { body } = await boss.post("/businesses/me/users", { userId: person.id, role: "Agent" });
    expect(body).toMatchObject({
      id,
      createdAt,
      role: "Agent",
      removedAt: null,
      removedByUserId: null,
      licenseQuantity: "2",
    });
  });

  test("lets an Agent leave, and nobody else be removed by one", async () => {
    const boss = await owner();
    const [one, two] = [await member(boss, "Agent"), await member(boss, "Agent")];
    expect((await one.delete(`/businesses/me/users/${two.id}`)).body.code).toBe("forbidden");
    expect((await one.delete(`/businesses/me/users/${one.id}`)).status).toBe(204);
    expect((await boss.get("/businesses/me/events?limit=1")).body[0].type).toBe("member.left");
  });

  test("of the last Owner answers 409", async () => {
    const boss = await owner();
    const { id } = (await boss.get("/users/me")).body;
    const { status, body } = await boss.delete(`/businesses/me/users/${id}`);
    expect([status, body.code]).toEqual([409, "last_owner"]);
    expect((await boss.get("/businesses/me")).status).toBe(200);
  });

  test("makes the oldest remaining business current where the current one is left", async () => {
    const person = await somebody();
    const [first, second] = [await owner("First"), await owner("Second")];
    await first.post("/businesses/me/users", { userId: person.id });
    await second.post("/businesses/me/users", { userId: person.id });
    await person.post("/businesses/me", { name: "Own" });
    await person.post("/businesses/me/switch", { businessId: second.businessId });
    await person.delete(`/businesses/me/users/${person.id}`);
    expect((await person.get("/users/me")).body.business.name).toBe("First");
  });

  test("while the member's request is under way: it either came before or is refused", async () => {
    for (let round = 0; round < 5; round += 1) {
      const boss = await owner("Before");
      const admin = await member(boss, "Admin");
      const [removal, change] = await Promise.all([
        boss.delete(`/businesses/me/users/${admin.id}`),
        admin.put("/businesses/me", { name: "After" }, { "x-business-id": boss.businessId }),
      ]);
      expect(removal.status).toBe(204);
      expect([200, 404]).toContain(change.status);
      const types = (await boss.get("/businesses/me/events")).body.map(({ type }: { type: string }) => type);
      expect(types.includes("business.updated")).toBe(change.status === 200);
      if (change.status === 200) expect(types.indexOf("business.updated")).toBeGreaterThanOrEqual(0);
      expect((await boss.get("/businesses/me")).body.name).toBe(change.status === 200 ? "After" : "Before");
    }
  });
});

describe("POST /businesses/me/users/{userId}/transfer-ownership", () => {
  test("makes the member Owner and the caller Admin, both or neither", async () => {
    const boss = await owner();
    const bossId = (await boss.get("/users/me")).body.id;
    const person = await member(boss, "Agent");
    const { status, body } = await boss.post(`/businesses/me/users/${person.id}/transfer-ownership`);
    expect([status, body.role]).toEqual([200, "Owner"]);
    expect((await boss.get(`/businesses/me/users/${bossId}`)).body.role).toBe("Admin");
    expect((await boss.post(`/businesses/me/users/${person.id}/transfer-ownership`)).body.code).toBe(
      "forbidden",
    );
  });

  test("to oneself answers 409, to nobody 404", async () => {
    const boss = await owner();
    const { id } = (await boss.get("/users/me")).body;
    expect((await boss.post(`/businesses/me/users/${id}/transfer-ownership`)).body.code).toBe(
      "already_owner",
    );
    expect((await boss.post(`/businesses/me/users/${unknownUser}/transfer-ownership`)).body.code).toBe(
      "member_not_found",
    );
  });

  test("twice at once hands over once", async () => {
    const boss = await owner();
    const [one, two] = [await member(boss, "Agent"), await member(boss, "Admin")];
    const answers = await Promise.all(
      [one, two].map(({ id }) => boss.post(`/businesses/me/users/${id}/transfer-ownership`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect((await boss.get("/businesses/me/users?role=Owner")).body).toHaveLength(1);
  });
});
