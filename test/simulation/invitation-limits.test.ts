import { describe, expect, test, vi } from "vitest";
import { aDay, aMinute, invitationWorld } from "./invitation-begin.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const anHour = 60 * aMinute;
type Begun = Awaited<ReturnType<typeof invitationWorld>>;
interface Result {
  readonly error: { readonly code: string; readonly status: number; readonly retryAfter: number } | null;
}

let last = 0;
function newEmail(): string {
  last += 1;
  return `p${last}@example.com`;
}

const inviteOne = ({ ask }: Begun, by = 1) => ask("invite-member", by, { body: { email: newEmail() } });

/** Invites so many at once; answers how many were invited, and what the others were told. */
async function inviteMany({ ask }: Begun, count: number, by = 1) {
  const invitations = Array.from({ length: count }, () => ({ email: newEmail() }));
  const { status, body } = await ask("invite-members", by, { body: { invitations } });
  expect(status).toBe(200);
  const errors = (body as Result[]).flatMap(({ error }) => error ?? []);
  return { invited: count - errors.length, errors };
}

/** To the middle of a window of ten minutes, a day and a half on: no window ends under way. */
function toQuietTime({ world }: Begun) {
  world.now += aDay;
  world.now += 12 * anHour - (world.now % aDay) + aDay;
}

describe("invitations are limited, each refusal with the time to try again", () => {
  test("30 in 10 minutes an inviter, by single calls", async () => {
    const begun = await invitationWorld();
    toQuietTime(begun);
    for (let n = 0; n < 30; n += 1) expect((await inviteOne(begun)).status).toBe(200);
    const { status, body, headers } = await inviteOne(begun);
    expect([status, body.code]).toEqual([429, "invitation_limit_reached"]);
    expect(body.detail).toBe("You may invite 30 people in 10 minutes.");
    expect(headers["retry-after"]).toBe("600");
    expect((await inviteOne(begun, 0)).status, "another inviter may").toBe(200);
    begun.world.now += 10 * aMinute;
    expect((await inviteOne(begun)).status).toBe(200);
  });

  test("100 in one bulk call, 100 a day a business", async () => {
    const begun = await invitationWorld();
    toQuietTime(begun);
    const all = await inviteMany(begun, 100);
    expect(all).toEqual({ invited: 100, errors: [] });
    const { status, body, headers } = await inviteOne(begun, 0);
    expect([status, body.detail]).toEqual([429, "A business may invite 100 people a day."]);
    expect(headers["retry-after"]).toBe(`${12 * 60 * 60}`);
    begun.world.expectSound();
  });

  test("in a bulk call those beyond the limit are refused, one by one, and the others invited", async () => {
    const begun = await invitationWorld();
    toQuietTime(begun);
    await inviteMany(begun, 60, 0);
    const { invited, errors } = await inviteMany(begun, 50);
    expect(invited).toBe(40);
    expect(errors).toHaveLength(10);
    expect(errors[0]).toMatchObject({
      status: 429,
      code: "invitation_limit_reached",
      retryAfter: 12 * 60 * 60,
    });
    expect(begun.seats()).toBe(102);
    begun.world.expectSound();
  });

  test("20 open in a business's first hour", async () => {
    const begun = await invitationWorld();
    const { world } = begun;
    world.now = 1_800_000_000_000 + 5 * aMinute;
    const { invited, errors } = await inviteMany(begun, 25);
    expect(invited).toBe(20);
    expect(errors[0]).toMatchObject({ code: "invitation_limit_reached", retryAfter: 55 * 60 });
    world.now += 55 * aMinute;
    expect((await inviteOne(begun)).status).toBe(200);
  });

  test("200 open a business; before refusing, its own overdue ones are expired", async () => {
    const begun = await invitationWorld();
    const { world, all, seats } = begun;
    toQuietTime(begun);
    await inviteMany(begun, 100);
    world.now += aDay;
    await inviteMany(begun, 100);
    world.now += aDay;
    const full = await inviteOne(begun);
    expect([full.status, full.headers["retry-after"]]).toEqual([429, `${24 * 60 * 60}`]);
    expect(full.body.detail).toBe(
      "A business may have 200 open invitations. Revoke some, or wait for answers.",
    );
    world.now += 5 * aDay + aMinute; // the first hundred are overdue, and no job has run
    expect((await inviteOne(begun)).status).toBe(200);
    expect(all().filter(({ state }) => state === "Expired")).toHaveLength(100);
    expect(seats()).toBe(2 + 101);
    world.expectSound();
  });

  test("a resend of what was revoked: not at all, so nobody is told to wait", async () => {
    const begun = await invitationWorld();
    const { ask } = begun;
    const params = { invitationId: (await inviteOne(begun)).body.id };
    expect((await ask("revoke-invitation", 0, { params })).status).toBe(204);
    const { status, body } = await ask("resend-invitation", 0, { params });
    expect([status, body.code]).toEqual([409, "invitation_not_resendable"]);
  });

  test("a resend: 60 seconds after the mail before, 5 times a day", async () => {
    const begun = await invitationWorld();
    const { world, ask } = begun;
    toQuietTime(begun);
    const { id: invitationId } = (await inviteOne(begun)).body;
    world.now += 20_000;
    const early = await ask("resend-invitation", 0, { params: { invitationId } });
    expect([early.status, early.body.code, early.headers["retry-after"]]).toEqual([
      429,
      "resend_limit_reached",
      "40",
    ]);
    for (let n = 0; n < 5; n += 1) {
      world.now += 60_000;
      expect((await ask("resend-invitation", 0, { params: { invitationId } })).status).toBe(200);
    }
    world.now += 60_000;
    const late = await ask("resend-invitation", 0, { params: { invitationId } });
    expect([late.status, late.body.detail]).toEqual([429, "An invitation may be resent 5 times a day."]);
    world.now += aDay;
    expect((await ask("resend-invitation", 0, { params: { invitationId } })).status).toBe(200);
    expect(world.mails).toHaveLength(7);
  });
});

test("in a bulk call one bad address spoils none of the others, and the answers keep the order", async () => {
  const begun = await invitationWorld();
  const { ask, ids, world, seats } = begun;
  await begun.invite(3);
  const emails = [
    "new@example.com",
    "not an email",
    "person-3@example.com",
    "person-1@example.com",
    "NEW@example.com",
  ];
  const { body } = await ask("invite-members", 0, {
    body: { invitations: emails.map((email) => ({ email })) },
  });
  expect((body as Result[]).map(({ error }) => error?.code)).toEqual([
    undefined,
    "invalid_request",
    "already_invited",
    "already_member",
    "already_invited",
  ]);
  expect(body.map(({ email }: { email: string }) => email)).toEqual(emails);
  const asAdmin = [{ email: "boss@example.com", role: "Owner" }, { email: "other@example.com" }];
  const { body: mixed } = await ask("invite-members", 1, { body: { invitations: asAdmin } });
  expect((mixed as Result[]).map(({ error }) => error?.code)).toEqual(["role_too_high", undefined]);
  expect(ids).toHaveLength(4);
  expect(seats()).toBe(2 + 3);
  world.expectSound();
});

test("a bulk call that died on its way is finished by its repetition, and invites nobody twice", async () => {
  for (const after of [4, 5, 6, 7, 8, 9, 10]) {
    const begun = await invitationWorld();
    const { world, seats, all } = begun;
    const invitations = Array.from({ length: 40 }, (_, n) => ({ email: `bulk${n}@example.com` }));
    const options = { body: { invitations }, headers: { "idempotency-key": "k" } };
    await world.call("invitations/invite-members", 0, options, 0, { after, carriedOut: after % 2 === 0 });
    world.now += 40_000;
    const again = await world.call("invitations/invite-members", 0, options);
    expect(again?.status).toBe(200);
    const results: Result[] = again?.body;
    expect(results.filter(({ error }) => error)).toEqual([]);
    expect(all()).toHaveLength(40);
    expect(seats()).toBe(42);
    world.expectSound();
  }
});

test.each([
  ["nothing", ""],
  ["spaces", "   "],
  ["a very long text", `${"x".repeat(600)}@example.com`],
  ["control characters", "a\u0000b@example.com"],
  ["a local part that SES takes no mail to", "jürgen@example.com"],
])("%s instead of an address spoils none of the others", async (_, email) => {
  const { ask, seats } = await invitationWorld();
  const { status, body } = await ask("invite-members", 0, {
    body: { invitations: [{ email }, { email: "fine@example.com" }] },
  });
  expect([status, (body as Result[]).map(({ error }) => error?.code)]).toEqual([
    200,
    ["invalid_request", undefined],
  ]);
  expect(seats()).toBe(3);
});

test("an address that was refused for its role may stand in the call again for another", async () => {
  const { ask } = await invitationWorld();
  const invitations = [
    { email: "z@example.com", role: "Owner" },
    { email: "z@example.com", role: "Agent" },
  ];
  const { body } = await ask("invite-members", 1, { body: { invitations } });
  expect((body as Result[]).map(({ error }) => error?.code)).toEqual(["role_too_high", undefined]);
});

test("a bulk call is made once, also where its first addresses are all refused", async () => {
  const { ask, world } = await invitationWorld();
  const known = Array.from({ length: 15 }, (_, n) => ({ email: `known${n}@example.com` }));
  await ask("invite-members", 0, { body: { invitations: known } });
  const fresh = Array.from({ length: 10 }, (_, n) => ({ email: `fresh${n}@example.com` }));
  const options = { body: { invitations: [...known, ...fresh] }, headers: { "idempotency-key": "k" } };
  const first = await world.call("invitations/invite-members", 0, options);
  expect((first?.body as unknown as Result[] | undefined)?.filter(({ error }) => !error)).toHaveLength(10);
  expect((await world.call("invitations/invite-members", 0, options))?.body).toEqual(first?.body);
  const other = { ...options, body: { invitations: fresh } };
  expect((await world.call("invitations/invite-members", 0, other))?.body.code).toBe(
    "idempotency_key_reused",
  );
});
