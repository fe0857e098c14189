import { describe, expect, test, vi } from "vitest";
import { aDay, aMinute, invitationWorld } from "./invitation-begin.ts";
import { expectSoundInvitations, invitationsIn } from "./invitation-invariants.ts";
import type { Mood } from "./invitation-world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

describe("SES down for an hour, then back", () => {
  test("every invitation of that hour is mailed, once, and nothing has failed", async () => {
    const { world, invite, ask, tick, all } = await invitationWorld();
    world.mood = "down";
    for (let minute = 0; minute < 60; minute += 1) {
      world.now += aMinute;
      if (minute === 0) expect((await invite()).body).toMatchObject({ status: "Pending", sentAt: null });
      if (minute === 30) expect((await invite(2)).status).toBe(200);
      if (minute === 45) {
        const emails = ["x@example.com", "y@example.com"].map((email) => ({ email }));
        await ask("invite-members", 1, { body: { invitations: emails } });
      }
      await tick();
    }
    expect(world.mails).toEqual([]);
    world.mood = "well";
    for (let minute = 0; minute < 75; minute += 1) {
      world.now += aMinute;
      await tick();
    }
    expect(world.mails.map(({ to }) => to).sort()).toEqual(
      ["person-2@example.com", "person-3@example.com", "x@example.com", "y@example.com"].sort(),
    );
    expect(all().map(({ state }) => state)).toEqual(Array(4).fill("Pending"));
    world.expectSound();
  });

  test.each<[Mood, string]>([
    ["down", "The email service failed."],
    ["rejecting", "The email service rejected the email."],
  ])(
    "SES %s for good: three tries, then failed, with a reason a person understands",
    async (mood, reason) => {
      const { world, invite, tick, ask, seats } = await invitationWorld();
      world.mood = mood;
      const { id } = (await invite()).body;
      expect(seats()).toBe(3);
      for (let n = 0; n < 80; n += 1) {
        world.now += aMinute;
        await tick();
      }
      expect(world.ses.mails).toHaveLength(3);
      const shown = await ask("get-invitation", 1, { params: { invitationId: id } });
      expect(shown.body).toMatchObject({ status: "Failed to send", sendFailureReason: reason });
      expect(shown.body.licenseReleasedAt).not.toBeNull();
      expect(seats()).toBe(2);
      world.expectSound();
    },
  );

  test("SES taking no more for now delays mails, and fails none, however long", async () => {
    const { world, ask, tick, all } = await invitationWorld();
    world.onCommit = () => {};
    world.mood = "throttled";
    const invitations = Array.from({ length: 20 }, (_, n) => ({ email: `p${n}@example.com` }));
    await ask("invite-members", 1, { body: { invitations } });
    for (let n = 0; n < 30; n += 1) {
      world.now += aMinute;
      await tick();
    }
    expect(all().every(({ state }) => state === "Pending")).toBe(true);
    world.mood = "well";
    world.now += 2 * aMinute;
    await tick();
    expect(world.mails).toHaveLength(20);
  });
});

describe("the job killed at any point of its run, then run again", () => {
  test("all that was due is done once: mails, reminders, expiries", async () => {
    let died = true;
    for (let after = 0; died; after += 1) {
      for (const carriedOut of [false, true]) {
        const { world, businessId, ask, tick, all, seats, events } = await invitationWorld();
        const emails = (name: string) => [1, 2, 3].map((n) => ({ email: `${name}${n}@example.com` }));
        await ask("invite-members", 1, { body: { invitations: emails("overdue") } });
        await tick();
        world.now += 2 * aDay;
        await ask("invite-members", 1, { body: { invitations: emails("remind") } });
        await tick();
        world.now += 5 * aDay + aMinute; // past the first ones' life, into the others' reminder
        await ask("invite-members", 1, { body: { invitations: emails("fresh") } });
        let sends = 0;
        world.onCommit = () => {
          sends += 1;
          expectSoundInvitations(world, businessId);
        };
        await tick(0, { after, carriedOut });
        const commits = sends;
        for (let n = 0; n < 9; n += 1) {
          world.now += aMinute;
          await tick();
        }
        died = sends > commits;
        world.expectSound();
        const states = Object.groupBy(all(), ({ state }) => state);
        expect([states.Expired?.length, states.Pending?.length]).toEqual([3, 6]);
        expect(events("invitation.expired")).toHaveLength(3);
        expect(all().filter(({ remindedAt }) => remindedAt !== undefined)).toHaveLength(3);
        const mailed = new Set(world.mails.map(({ to }) => to));
        expect(mailed.size, "never zero times").toBe(9);
        expect(
          world.mails.length,
          "twice only where it died between SES's yes and its record",
        ).toBeLessThanOrEqual(12 + 6);
        expect(seats()).toBe(2 + 6);
      }
    }
  });

  test("two of it at once do no harm, whichever order they take", async () => {
    for (let seed = 0; seed < 25; seed += 1) {
      const { world: made, businessId, ask } = await invitationWorld();
      const invitations = [1, 2, 3, 4].map((n) => ({ email: `p${n}@example.com` }));
      await ask("invite-members", 1, { body: { invitations } });
      const world = made.copy(seed);
      world.onCommit = () => expectSoundInvitations(world, businessId);
      await Promise.all([1, 2].map(() => world.job("jobs/expire-invitations")));
      world.expectSound();
      expect(world.mails).toHaveLength(4);
      world.now += 8 * aDay;
      await Promise.all([1, 2].map(() => world.job("jobs/expire-invitations")));
      world.expectSound();
      expect(invitationsIn(world, businessId).map(({ state }) => state)).toEqual(Array(4).fill("Expired"));
    }
  });
});
