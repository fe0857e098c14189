import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { readToken } from "../../shared/table/invitation-token.ts";
import type { InvitationItem } from "../../shared/table/invitations.ts";
import { expectMoves, expectSoundInvitations, invitationsIn, mayInvite } from "./invitation-invariants.ts";
import { type Death, type Mood, World } from "./invitation-world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const sequences = Number(process.env.SEQUENCES ?? 100);
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const aMinute = 60_000;
const anHour = 60 * aMinute;
const aDay = 24 * anHour;

/** Owner, Admin, a member who may not invite, and two who are outside. */
const people = [0, 1, 2, 3, 4] as const;
const who = fc.integer({ min: 0, max: 4 });
/** Mostly those outside. */
const whom = fc.constantFrom(3, 3, 3, 4, 4, 2, 1);
const boss = fc.constantFrom(0, 0, 1);
/** Counted from the newest. */
const pick = fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 5);
const role = fc.constantFrom("Agent", "Agent", "Admin", "Owner");
/** The same address, as different people write it. */
const spelling = fc.constantFrom<(n: number) => string>(
  (n) => `person-${n}@example.com`,
  (n) => `Person-${n}@EXAMPLE.com`,
  (n) => `  person-${n}@example.com. `,
);
const kind = <K extends string>(name: K) => fc.constant(name);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: kind("invite"), who: boss, whom, role, spelling }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: kind("bulk"),
      who: boss,
      whoms: fc.array(whom, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: kind("resend"), who: boss, pick }) },
  { weight: 3, arbitrary: fc.record({ do: kind("revoke"), who: boss, pick }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: kind("accept"), by: fc.option(who), pick, byToken: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: kind("decline"), by: fc.option(who), pick, byToken: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: kind("add"), who: boss, whom }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: kind("remove"), who: boss, whom: fc.constantFrom(1, 2, 3, 3, 4) }),
  },
  { weight: 1, arbitrary: fc.record({ do: kind("role"), who: boss, whom: who, role }) },
  { weight: 6, arbitrary: fc.record({ do: kind("tick") }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: kind("report"),
      pick,
      as: fc.constantFrom("Bounce", "Complaint", "Delivery"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: kind("look"), pick }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const death: fc.Arbitrary<Death | undefined> = fc.option(
  fc.record({ after: fc.nat({ max: 9 }), carriedOut: fc.boolean() }),
  { nil: undefined, freq: 5 },
);
const skew = fc.constantFrom(0, 0, 0, -5 * aMinute, 5 * aMinute);
const mood = fc.constantFrom<Mood>("well", "well", "well", "down", "throttled", "rejecting", "lost");
const pause = fc.constantFrom(0, 1_000, 61_000, 3 * aMinute, 11 * aMinute, anHour, aDay, 3 * aDay, 8 * aDay);

/** The steps of a group run at once; `twice`: sent again by a client with the same Idempotency-Key. */
const group = fc.record({
  pause,
  mood,
  steps: fc.array(fc.record({ step, skew, death, twice: fc.boolean() }), { minLength: 1, maxLength: 4 }),
});
const schedule = fc.record({ groups: fc.array(group, { minLength: 4, maxLength: 12 }), order: fc.integer() });
type Schedule = typeof schedule extends fc.Arbitrary<infer S> ? S : never;

test(
  `whatever people, jobs, SES and crashes do to invitations, ${sequences} times, none is lost and every license is counted (SEED=${seed})`,
  async () => {
    await fc.assert(fc.asyncProperty(schedule, run), { numRuns: sequences, seed });
  },
  20_000 + sequences * 200,
);

async function run({ groups, order }: Schedule): Promise<void> {
  const world = new World(order);
  const { businessId, userIds } = await begin(world);
  const claims = watch(world, businessId, userIds);
  const answers: string[] = [];

  for (const [g, { pause: passed, mood: now, steps }] of groups.entries()) {
    world.now += passed;
    world.mood = now;
    const calls = steps.flatMap((drawn, n) => {
      const { step: one, skew: off, death: dies, twice } = drawn;
      const name = `${g}-${n}`;
      return [dies, undefined]
        .slice(0, twice ? 2 : 1)
        .map((end) => take(world, one, { businessId, userIds, name }, off, end));
    });
    const answered = await Promise.all(calls);
    world.expectSound();
    for (const answer of answered) {
      if (!answer) continue;
      expect(answer.status, JSON.stringify(answer.body)).not.toBe(500);
      answers.push(JSON.stringify(answer.body));
    }
  }
  world.mood = "well";
  await expectNothingLost(world, businessId);
  world.expectSound();

  const sent = world.mails.map(({ invitationId, sendNo }) => `${invitationId} ${sendNo}`);
  for (const mail of sent) expect(claims, "a mail was claimed while its invitation was open").toContain(mail);
  expect(new Set(sent).size, "no send is made twice").toBe(sent.length);
  const secrets = world.mails.flatMap(({ token }) => [token, readToken(token)?.hash ?? token]);
  const text = answers.join();
  for (const secret of secrets) expect(text, "no answer holds a token or its hash").not.toContain(secret);
}

/** A business with an Owner, an Admin and an Agent, a day old. */
async function begin(world: World) {
  const userIds: string[] = [];
  for (const n of people) userIds.push((await world.call("users/get-me", n))?.body.id);
  const created = await world.call("businesses/create-business", 0, { body: { name: "Acme" } });
  for (const [n, as] of [
    [1, "Admin"],
    [2, "Agent"],
  ] as const) {
    await world.call("members/add-member", 0, { body: { userId: userIds[n], role: as } });
  }
  world.now += aDay;
  return { businessId: created?.body.id as string, userIds };
}

/** Holds every commit against the invariants; answers the sends that were claimed of open invitations. */
function watch(world: World, businessId: string, userIds: readonly string[]): Set<string> {
  const ownerOf = ({ emailKey }: InvitationItem) => userIds[Number(/\d/.exec(emailKey)?.[0])] ?? "";
  const claims = new Set<string>();
  let before = new Map<string, InvitationItem>();
  let inviters = new Set<string>();
  world.onCommit = () => {
    expectSoundInvitations(world, businessId);
    expectMoves(before, world, businessId);
    const invitations = invitationsIn(world, businessId);
    for (const one of invitations) {
      const was = before.get(one.id);
      if (one.sendNo !== (was?.sendNo ?? 0)) {
        const isOpen = one.state === "Pending" && one.expiresAt > world.now - 5 * aMinute;
        if (isOpen) claims.add(`${one.id} ${one.sendNo}`);
        const wasDue = Date.parse(String((was as { gsi2sk?: string } | undefined)?.gsi2sk));
        const isJobs = was?.state === "Pending" && was.askedAt === one.askedAt;
        if (isJobs) expect(wasDue, "the job claims what is due").toBeLessThanOrEqual(world.now + 5 * aMinute);
      }
      const member = world.table.items.get(`BUSINESS#${businessId}\nMEMBER#${ownerOf(one)}`);
      if (one.state === "Pending") {
        expect(member?.state, "nobody is a member and invited at once").not.toBe("Active");
      }
      if (was?.state === "Pending" && one.state === "Accepted" && one.endedByUserId === ownerOf(one)) {
        expect(inviters, "whoever answers for an accepted invitation may grant its role").toContain(one.id);
      }
    }
    before = new Map(invitations.map((one) => [one.id, one]));
    inviters = new Set(
      invitations
        .filter(({ invitedByUserId, access }) => mayInvite(world, businessId, invitedByUserId, access))
        .map(({ id }) => id),
    );
  };
  return claims;
}

interface At {
  readonly businessId: string;
  readonly userIds: readonly string[];
  readonly name: string;
}

/** Takes a step as its person, or job, would. */
async function take(world: World, drawn: Step, { businessId, userIds, name }: At, off: number, end?: Death) {
  const headers = { "x-business-id": businessId, "idempotency-key": name };
  const call = (key: string, n: number, options: object) =>
    world.call(key, n, { headers, ...options }, off, end);
  const invitations = invitationsIn(world, businessId);
  const invitationOf = (n: number) => invitations.at(-1 - (n % Math.max(invitations.length, 1)));
  const mailOf = (n: number) => world.mails.at(-1 - (n % Math.max(world.mails.length, 1)));
  switch (drawn.do) {
    case "invite": {
      const email = drawn.spelling(drawn.whom);
      return call("invitations/invite-member", drawn.who, { body: { email, role: drawn.role } });
    }
    case "bulk": {
      const body = { invitations: drawn.whoms.map((n) => ({ email: `person-${n}@example.com` })) };
      return call("invitations/invite-members", drawn.who, { body });
    }
    case "resend":
    case "revoke": {
      const params = { invitationId: invitationOf(drawn.pick)?.id ?? "" };
      return call(`invitations/${drawn.do}-invitation`, drawn.who, { params });
    }
    case "accept":
    case "decline": {
      const [mail, invitation] = [mailOf(drawn.pick), invitationOf(drawn.pick)];
      if (!mail || !invitation) return undefined;
      const body = drawn.byToken ? { token: mail.token } : { businessId, invitationId: invitation.id };
      const invited = Number(/\d/.exec(drawn.byToken ? mail.to : invitation.emailKey)?.[0]);
      return call(`invitations/${drawn.do}-invitation`, drawn.by ?? invited, { body });
    }
    case "add":
      return call("members/add-member", drawn.who, { body: { userId: userIds[drawn.whom] } });
    case "remove":
    case "role": {
      const params = { userId: userIds[drawn.whom] ?? "" };
      const key = drawn.do === "remove" ? "members/remove-member" : "members/update-member";
      return call(key, drawn.who, { params, ...(drawn.do === "role" && { body: { role: drawn.role } }) });
    }
    case "tick":
      await world.job("jobs/expire-invitations", off, end);
      return undefined;
    case "report": {
      const mail = mailOf(drawn.pick);
      if (mail) await world.report(mail, drawn.as);
      return undefined;
    }
    case "look":
      return call("invitations/get-invitation-by-token", 0, {
        params: { token: mailOf(drawn.pick)?.token ?? "none" },
      });
  }
}

/** Quiet: within 70 minutes what is owed was sent, or says why not; after all lives nothing is open. */
async function expectNothingLost(world: World, businessId: string): Promise<void> {
  for (let n = 0; n < 20; n += 1) {
    world.now += 4 * aMinute;
    await world.job("jobs/expire-invitations");
  }
  for (const { state, owed, sentAt, id, sendNo, ...rest } of invitationsIn(world, businessId)) {
    const { sendFailureReason, remindedAt } = rest;
    if (state === "Failed") expect(sendFailureReason, "a failed one says why").toMatch(/\.$/);
    if (state !== "Pending") continue;
    expect([owed, sentAt], "an open invitation's mail was sent").toEqual([undefined, expect.any(Number)]);
    const newest = world.mails.some((mail) => mail.invitationId === id && mail.sendNo === sendNo);
    const isGivenUp = remindedAt !== undefined && sendFailureReason !== undefined;
    expect(newest || isGivenUp, "SES took the newest mail of every open invitation").toBe(true);
  }
  world.now += 40 * aDay;
  await world.job("jobs/expire-invitations");
  const open = invitationsIn(world, businessId).filter(({ state }) => state === "Pending");
  expect(open, "nothing is open for ever").toEqual([]);
}
