import { describe, expect, test, vi } from "vitest";
import { numbersFrom } from "./interleaving.ts";
import { expectSoundInvitations, invitationsIn } from "./invitation-invariants.ts";
import { personOf, World } from "./invitation-world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const aMinute = 60_000;
const aDay = 24 * 60 * aMinute;
const interleavings = Number(process.env.INTERLEAVINGS ?? 200);

/** By the Admin. */
function invite(world: World) {
  return world.call("invitations/invite-member", 1, { body: { email: personOf(3).email } });
}

/** A business, a day old, of an Owner (0) and an Admin (1); somebody outside (3) who is invited. */
async function invitedWorld() {
  const world = new World(1);
  const ids: string[] = [];
  for (const n of [0, 1, 2, 3]) ids.push((await world.call("users/get-me", n))?.body.id);
  const { id: businessId } = (await world.call("businesses/create-business", 0, { body: { name: "Acme" } }))
    ?.body ?? { id: "" };
  await world.call("members/add-member", 0, { body: { userId: ids[1], role: "Admin" } });
  world.now += aDay;
  const answer = await invite(world);
  world.now += 2 * aMinute; // past the cooldown
  return { world, businessId, ids, invitationId: answer?.body.id as string };
}

const base = await invitedWorld();
const { businessId, invitationId } = base;
const token = base.world.mails[0]?.token;

const accept = (world: World) => world.call("invitations/accept-invitation", 3, { body: { token } });
const revoke = (world: World, who = 0) =>
  world.call("invitations/revoke-invitation", who, { params: { invitationId } });
const resend = (world: World, who = 0) =>
  world.call("invitations/resend-invitation", who, { params: { invitationId } });
const inviteAnother = (world: World) =>
  world.call("invitations/invite-member", 1, { body: { email: "another@example.com" } });
const decline = (world: World) => world.call("invitations/decline-invitation", 3, { body: { token } });
const tick = (world: World) => world.job("jobs/expire-invitations");

const memberOf = (world: World, n: number) =>
  world.table.items.get(`BUSINESS#${businessId}\nMEMBER#${base.ids[n]}`);
const invitationIn = (world: World) => invitationsIn(world, businessId).find(({ id }) => id === invitationId);
const seatsIn = (world: World) => world.table.items.get(`BUSINESS#${businessId}\nLICENSES`)?.seats;

/** What the audit says of the invitation, without its making and mailing. */
function auditOf(world: World): unknown[] {
  const events = world.table.partition(`BUSINESS#${businessId}`, "EVENT#");
  const noise = ["invitation.created", "invitation.sent", "invitation.send_failed"];
  return events
    .filter(({ subjectId, type }) => subjectId === invitationId && !noise.includes(String(type)))
    .map(({ type }) => String(type))
    .sort(); // within one millisecond their order is by chance
}

/** The types of audit events in the order of their commits. */
const trails = new WeakMap<World, string[]>();
const commitsOf = (world: World) => trails.get(world) ?? [];

/** Notes each new audit event, when it is committed. */
function noteEvents(world: World): () => void {
  const seen = new Set<string>();
  const trail: string[] = [];
  trails.set(world, trail);
  const look = () => {
    for (const { id, type } of world.table.partition(`BUSINESS#${businessId}`, "EVENT#")) {
      if (!seen.has(String(id))) trail.push(String(type));
      seen.add(String(id));
    }
  };
  look();
  trail.length = 0;
  return look;
}

/** Starts some at once, in so many orders; what comes of it is held against the invariants, and judged. */
async function race(
  name: string,
  starts: readonly ((world: World) => Promise<unknown>)[],
  judge: (world: World, answers: unknown[]) => void,
  from = base.world,
) {
  for (let seed = 0; seed < interleavings; seed += 1) {
    const world = from.copy(seed);
    const number = numbersFrom(seed);
    const note = noteEvents(world);
    world.onCommit = () => {
      note();
      expectSoundInvitations(world, businessId);
    };
    const answers = await Promise.all(
      starts.map(async (start) => {
        for (let turns = number(150); turns > 0; turns -= 1) await undefined;
        return start(world);
      }),
    );
    world.expectSound();
    try {
      judge(world, answers);
    } catch (error) {
      throw new Error(`${name}, seed ${seed}`, { cause: error });
    }
  }
}

const codeOf = (answer: unknown) => {
  const { status, body } = answer as { status: number; body: { code?: string } | null };
  return status < 300 ? "done" : body?.code;
};

test("50 parallel accepts of one token: one membership, one license, 49 clear answers", async () => {
  for (let seed = 0; seed < 10; seed += 1) {
    const world = base.world.copy(seed);
    const seats = seatsIn(world);
    const answers = await Promise.all(Array.from({ length: 50 }, () => accept(world)));
    const codes = answers.map(codeOf).sort();
    expect(codes).toEqual(["done", ...Array(49).fill("invitation_not_open")]);
    const refused = answers.find((answer) => answer?.status === 409)?.body;
    expect(refused.detail).toBe("This invitation has been accepted.");
    expect(memberOf(world, 3)?.state).toBe("Active");
    expect(seatsIn(world)).toBe(seats);
    expectSoundInvitations(world, businessId);
  }
});

describe(`at once, in ${interleavings} interleavings each: exactly one wins and the audit says which`, () => {
  test("accept against revoke", async () => {
    const winners = new Set();
    await race("accept against revoke", [accept, (world) => revoke(world)], (world, answers) => {
      const [accepted, revoked] = answers.map(codeOf);
      expect([accepted, revoked].sort()).toEqual(["done", "invitation_not_open"]);
      const winner = accepted === "done" ? "invitation.accepted" : "invitation.revoked";
      winners.add(winner);
      expect(auditOf(world)).toEqual([winner]);
      expect(memberOf(world, 3)?.state).toBe(accepted === "done" ? "Active" : undefined);
    });
    expect(winners.size, "either may win").toBe(2);
  });

  test("accept against decline, by two devices of one person", async () => {
    await race("accept against decline", [accept, decline], (world, answers) => {
      const [accepted] = answers.map(codeOf);
      expect(answers.map(codeOf).sort()).toEqual(["done", "invitation_not_open"]);
      expect(auditOf(world)).toEqual([accepted === "done" ? "invitation.accepted" : "invitation.declined"]);
    });
  });

  test("accept against expiry, by functions whose clocks differ", async () => {
    const winners = new Set();
    const atItsLastMoment = base.world.copy(0);
    atItsLastMoment.now = (invitationIn(atItsLastMoment)?.expiresAt ?? 0) - 1;
    await race(
      "accept against expiry",
      [accept, (world) => world.job("jobs/expire-invitations", 5 * aMinute)],
      (world, [accepted]) => {
        const winner = codeOf(accepted) === "done" ? "invitation.accepted" : "invitation.expired";
        winners.add(winner);
        expect(["done", "invitation_not_open"]).toContain(codeOf(accepted));
        expect(auditOf(world)).toEqual([winner]);
        expect(memberOf(world, 3)?.state).toBe(winner === "invitation.accepted" ? "Active" : undefined);
      },
      atItsLastMoment,
    );
    expect(winners.size, "either may win").toBe(2);
  });

  test("resend against revoke", async () => {
    await race(
      "resend against revoke",
      [(world) => resend(world), (world) => revoke(world)],
      (world, answers) => {
        const [resent, revoked] = answers.map(codeOf);
        expect(revoked, "a resent invitation is open, and can be revoked").toBe("done");
        expect(["done", "invitation_not_resendable"]).toContain(resent);
        const before = resent === "done" ? ["invitation.resent"] : [];
        expect(auditOf(world)).toEqual([...before, "invitation.revoked"]);
        expect(invitationIn(world)?.state).toBe("Revoked");
      },
    );
  });

  test("resend of an expired one against inviting the address anew", async () => {
    const expired = base.world.copy(0);
    expired.now += 8 * aDay;
    await tick(expired);
    await race(
      "resend against invite",
      [(world) => resend(world), invite],
      (world, answers) => {
        expect(answers.map(codeOf).sort()).toEqual(["already_invited", "done"]);
        expect(invitationsIn(world, businessId).filter(({ state }) => state === "Pending").length).toBe(1);
      },
      expired,
    );
  });

  test("accepting with one's names, while being added directly", async () => {
    const named = (world: World) =>
      world.call("invitations/accept-invitation", 3, { body: { token, firstName: "Ada" } });
    const nameless = base.world.copy(0);
    const user = nameless.table.items.get(`USER#${base.ids[3]}\nUSER`);
    for (const name of ["name", "displayName"]) delete user?.[name];
    await race(
      "add against accept with names",
      [(world) => world.call("members/add-member", 0, { body: { userId: base.ids[3] } }), named],
      (world, answers) => {
        expect(["already_member done", "done invitation_not_open"]).toContain(answers.map(codeOf).join(" "));
        expect(memberOf(world, 3)?.state).toBe("Active");
      },
      nameless,
    );
  });

  test.each([
    ["inviting", "invitation.created", (world: World) => inviteAnother(world)],
    ["resending", "invitation.resent", (world: World) => resend(world, 1)],
    ["revoking", "invitation.revoked", (world: World) => revoke(world, 1)],
  ] as const)(
    "%s against one's own demotion: whoever was demoted a moment ago changes nothing",
    async (_, type, act) => {
      const outcomes = new Set();
      const demote = (world: World) =>
        world.call("members/update-member", 0, {
          params: { userId: base.ids[1] ?? "" },
          body: { role: "Agent" },
        });
      await race("against demotion", [act, demote], (world, [acted]) => {
        const trail = commitsOf(world);
        const [changed, demoted] = [trail.indexOf(type), trail.indexOf("member.role_changed")];
        const isDone = codeOf(acted) === "done";
        outcomes.add(isDone);
        expect(isDone ? "done" : codeOf(acted)).toBe(isDone ? "done" : "forbidden");
        expect(changed >= 0).toBe(isDone);
        if (isDone) expect(changed, "it was committed before the demotion").toBeLessThan(demoted);
      });
      expect(outcomes.size, "either may come first").toBe(2);
    },
  );

  test("adding a person directly against their accepting", async () => {
    await race(
      "add against accept",
      [(world) => world.call("members/add-member", 0, { body: { userId: base.ids[3] } }), accept],
      (world, answers) => {
        const [added, accepted] = answers.map(codeOf);
        expect([
          "done already_member",
          "done done",
          "already_member done",
          "done invitation_not_open",
        ]).toContain(`${added} ${accepted}`);
        expect(`${added} ${accepted}`).not.toBe("done done");
        expect(auditOf(world)).toEqual(["invitation.accepted"]);
        expect(memberOf(world, 3)?.state).toBe("Active");
      },
    );
  });
});
