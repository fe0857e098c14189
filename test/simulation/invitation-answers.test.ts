import { describe, expect, test, vi } from "vitest";
import { aDay, aMinute, invitationWorld } from "./invitation-begin.ts";
import { personOf } from "./invitation-world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

type Begun = Awaited<ReturnType<typeof invitationWorld>>;

describe("re-inviting is always possible, and the old token stays dead", () => {
  const endings: [string, (begun: Begun, id: string) => Promise<unknown>][] = [
    [
      "expiry",
      async ({ world, tick }) => {
        world.now += 8 * aDay;
        await tick();
      },
    ],
    [
      "an expiry that the job has not seen yet",
      async ({ world }) => {
        world.now += 8 * aDay;
      },
    ],
    ["revocation", ({ ask }, invitationId) => ask("revoke-invitation", 1, { params: { invitationId } })],
    [
      "decline",
      ({ ask, world }) => ask("decline-invitation", 3, { body: { token: world.mails.at(-1)?.token } }),
    ],
    [
      "failure",
      async ({ world }) => {
        const mail = world.mails.at(-1);
        if (mail) await world.report(mail, "Bounce");
      },
    ],
    [
      "removal",
      async ({ world, accept, ids }) => {
        expect((await accept()).status).toBe(200);
        await world.call("members/remove-member", 0, { params: { userId: ids[3] ?? "" } });
      },
    ],
  ];

  test.each(endings)("after %s", async (_, end) => {
    const begun = await invitationWorld();
    const { world, invite, accept, ask, seats, all } = begun;
    const { id } = (await invite()).body;
    const old = world.mails.at(-1)?.token;
    await end(begun, id);
    world.now += 2 * aMinute;
    const again = await invite();
    expect([again.status, again.body.status]).toEqual([200, "Pending"]);
    expect(again.body.id).not.toBe(id);
    expect(seats()).toBe(3);
    const dead = await accept(old);
    expect([dead.status, dead.body.code]).toEqual([409, "invitation_not_open"]);
    const looked = await ask("get-invitation-by-token", 3, { params: { token: old } });
    expect(looked.body.safeMessage).not.toContain("is open");
    expect((await accept()).status).toBe(200);
    expect(all().filter(({ state }) => state === "Pending")).toEqual([]);
    expect(seats()).toBe(3);
    world.expectSound();
  });

  test.each(["expiry", "failure"])(
    "a resend after %s opens it again, and its former tokens are unknown",
    async (how) => {
      const begun = await invitationWorld();
      const { world, invite, accept, ask, seats } = begun;
      const { id } = (await invite()).body;
      const old = world.mails.at(-1)?.token;
      await endings.find(([name]) => name === how)?.[1](begun, id);
      expect(seats()).toBe(2);
      world.now += 2 * aMinute;
      const resent = await ask("resend-invitation", 0, { params: { invitationId: id } });
      expect(resent.body).toMatchObject({
        id,
        status: "Resent",
        licenseReleasedAt: null,
        sendFailureReason: null,
      });
      expect(seats()).toBe(3);
      expect((await accept(old)).body.code).toBe("invitation_not_found");
      expect((await accept()).status).toBe(200);
      world.expectSound();
    },
  );

  test("mail that was delivered goes on working after a resend of the open invitation", async () => {
    const { world, invite, accept, ask } = await invitationWorld();
    const { id } = (await invite()).body;
    world.now += 2 * aMinute;
    await ask("resend-invitation", 0, { params: { invitationId: id } });
    const [first, second] = world.mails;
    expect(first?.token).not.toBe(second?.token);
    expect((await accept(first?.token)).status).toBe(200);
  });
});

describe("the inviter removed or demoted before the accept", () => {
  test.each([
    ["removed", "members/remove-member", undefined],
    ["demoted", "members/update-member", { role: "Agent" }],
  ])("%s: 409, nothing changed, until somebody who may grant the role resends it", async (_, key, body) => {
    const { world, invite, accept, ask, ids, seats } = await invitationWorld();
    const { id } = (await invite(3, 1, "Admin")).body;
    await world.call(key, 0, { params: { userId: ids[1] ?? "" }, body });
    const before = seats();
    const refused = await accept();
    expect([refused.status, refused.body.code]).toEqual([409, "inviter_cannot_grant"]);
    expect(seats()).toBe(before);
    world.now += 2 * aMinute;
    expect((await ask("resend-invitation", 0, { params: { invitationId: id } })).status).toBe(200);
    expect((await accept()).status).toBe(200);
    world.expectSound();
  });

  test("an Owner who became Admin can no longer have made an Owner", async () => {
    const { world, invite, accept, ids } = await invitationWorld();
    await invite(3, 0, "Owner");
    await world.call("members/transfer-ownership", 0, { params: { userId: ids[1] ?? "" } });
    expect((await accept()).body.code).toBe("inviter_cannot_grant");
  });
});

describe("the same email, written otherwise", () => {
  test.each([
    ["in other case", "Person-3@EXAMPLE.Com"],
    ["with spaces around it", "  person-3@example.com  "],
    ["with a trailing dot", "person-3@example.com."],
  ])("%s: one open invitation", async (_, email) => {
    const { ask, invite, seats } = await invitationWorld();
    expect((await invite()).status).toBe(200);
    const again = await ask("invite-member", 0, { body: { email } });
    expect([again.status, again.body.code]).toEqual([409, "already_invited"]);
    const bulk = await ask("invite-members", 0, {
      body: { invitations: [{ email }, { email: "new@example.com" }] },
    });
    expect(bulk.body.map((one: { error: { code: string } | null }) => one.error?.code)).toEqual([
      "already_invited",
      undefined,
    ]);
    expect(seats()).toBe(4);
  });

  test("a fullwidth @ is no email, and invites nobody", async () => {
    const { ask, seats } = await invitationWorld();
    const { status, body } = await ask("invite-member", 0, { body: { email: "person-3＠example.com" } });
    expect([status, body.errors[0].pointer]).toEqual([400, "/email"]);
    expect(seats()).toBe(2);
  });

  test("a domain in punycode and in its own letters is one, and whoever verified either may accept", async () => {
    const { world, ask, seats } = await invitationWorld();
    expect((await ask("invite-member", 0, { body: { email: "ana@münchen.example" } })).status).toBe(200);
    const again = await ask("invite-member", 0, { body: { email: "Ana@xn--mnchen-3ya.example" } });
    expect(again.body.code).toBe("already_invited");
    expect(world.mails[0]?.to).toBe("ana@xn--mnchen-3ya.example");
    expect(seats()).toBe(3);
  });
});

describe("accepting", () => {
  test("names fill only what the person's own profile lacks", async () => {
    const { world, invite, ask } = await invitationWorld();
    await invite();
    await world.call("users/update-me", 3, { body: { firstName: "Own" } });
    const token = world.mails[0]?.token;
    const body = { token, firstName: "Invited", lastName: "Named" };
    expect((await ask("accept-invitation", 3, { body })).status).toBe(200);
    const me = await world.call("users/get-me", 3);
    expect([me?.body.firstName, me?.body.lastName]).toEqual(["Own", "Named"]);
  });

  test("a client may say the email, which has to be the one that the token says", async () => {
    const { world, invite, ask, seats } = await invitationWorld();
    await invite();
    const token = world.mails[0]?.token;
    const wrong = await ask("accept-invitation", 3, { body: { token, email: "other@example.com" } });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, "/email"]);
    expect(seats()).toBe(3);
    const right = await ask("accept-invitation", 3, { body: { token, email: "Person-3@example.com" } });
    expect(right.status).toBe(200);
  });

  test("as somebody else, or unverified: 403, and nothing changed", async () => {
    const { world, invite, accept, seats } = await invitationWorld();
    await invite();
    expect((await accept(world.mails[0]?.token, 2)).body.code).toBe("invited_another_email");
    const { callOn } = await import("../table/in-process.ts");
    const unverified = { ...personOf(3), subject: "mallory", emailVerified: false };
    const options = { body: { token: world.mails[0]?.token }, now: world.now };
    const answer = await callOn(world.table, "invitations/accept-invitation", unverified, options);
    expect([answer.status, answer.body.code]).toEqual([403, "email_not_verified"]);
    const list = await callOn(world.table, "invitations/list-own-invitations", unverified, {
      now: world.now,
    });
    expect(list.body).toEqual([]);
    expect(seats()).toBe(3);
  });

  test("a person added directly accepts their open invitation in that same transaction: one seat, not two", async () => {
    const { world, invite, ids, seats, all, events } = await invitationWorld();
    await invite();
    expect(seats()).toBe(3);
    const added = await world.call("members/add-member", 0, { body: { email: personOf(3).email } });
    expect(added?.status).toBe(200);
    expect(seats()).toBe(3);
    expect(all().map(({ state }) => state)).toEqual(["Accepted"]);
    expect(events("member.added").map(({ subjectId }) => subjectId)).toContain(ids[3]);
    world.expectSound();
  });
});

describe("facts about mails", () => {
  test.each(["Bounce", "Complaint", "Reject"])(
    "a %s of the newest mail fails the invitation",
    async (fact) => {
      const { world, invite, ask, seats } = await invitationWorld();
      const { id } = (await invite()).body;
      const mail = world.mails[0];
      if (mail) await world.report(mail, fact);
      const { body } = await ask("get-invitation", 0, { params: { invitationId: id } });
      expect(body.status).toBe("Failed to send");
      expect(body.sendFailureReason).toMatch(/\.$/);
      expect(seats()).toBe(2);
      if (mail) await world.report(mail, fact);
      expect(seats()).toBe(2);
      world.expectSound();
    },
  );

  test("only facts about the newest mail count", async () => {
    const { world, invite, ask } = await invitationWorld();
    const { id } = (await invite()).body;
    world.now += 2 * aMinute;
    await ask("resend-invitation", 0, { params: { invitationId: id } });
    const [first, second] = world.mails;
    if (first) await world.report(first, "Bounce");
    expect((await ask("get-invitation", 0, { params: { invitationId: id } })).body.status).toBe("Resent");
    if (second) await world.report(second, "Delivery");
    const { body } = await ask("get-invitation", 0, { params: { invitationId: id } });
    expect(body.deliveredAt).not.toBeNull();
  });
});

test("clocks 5 minutes off between functions lose nothing, from the invitation to its expiry", async () => {
  for (const [ofRequests, ofJob] of [
    [5, -5],
    [-5, 5],
  ] as const) {
    const { world, businessId, all, seats } = await invitationWorld();
    const body = { invitations: [{ email: "a@example.com" }, { email: "b@example.com" }] };
    await world.call("invitations/invite-members", 0, { body }, ofRequests * aMinute);
    for (let n = 0; n < 12; n += 1) {
      world.now += aMinute;
      await world.job("jobs/expire-invitations", ofJob * aMinute);
    }
    expect(world.mails.map(({ to }) => to).sort()).toEqual(["a@example.com", "b@example.com"]);
    world.now += 7 * aDay + 10 * aMinute;
    await world.job("jobs/expire-invitations", ofJob * aMinute);
    expect(all().map(({ state }) => state)).toEqual(["Expired", "Expired"]);
    expect(seats()).toBe(2);
    expect(businessId).toBeTruthy();
    world.expectSound();
  }
});
