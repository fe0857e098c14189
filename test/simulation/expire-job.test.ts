import { BatchGetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, expect, test, vi } from "vitest";
import { claimMail, recordMail } from "../../shared/table/mail-invitation.ts";
import { runJobOn } from "../table/in-process.ts";
import { aDay, aMinute, invitationWorld } from "./invitation-begin.ts";
import { expectSoundInvitations } from "./invitation-invariants.ts";

const logged = vi.spyOn(console, "log").mockImplementation(() => {});
afterEach(() => vi.unstubAllEnvs());

/** What the job has said is poisoned. */
const poisoned = () =>
  logged.mock.calls.map(([line]) => JSON.parse(String(line)).poisoned).filter((id) => id !== undefined);

/** So many open invitations, mailed. */
async function mailed(count: number) {
  const begun = await invitationWorld();
  begun.world.onCommit = () => {};
  const invitations = Array.from({ length: count }, (_, n) => ({ email: `p${n}@example.com` }));
  await begun.ask("invite-members", 1, { body: { invitations } });
  await begun.tick();
  expect(begun.world.mails).toHaveLength(count);
  logged.mockClear();
  return begun;
}

test("a poisoned invitation doesn't block the others, is reported, and is looked at again in an hour", async () => {
  const { world, businessId, tick, all } = await mailed(60);
  const sick = all()[30];
  if (!sick) throw new Error("no invitation");
  const claim = `BUSINESS#${businessId}\nINVITED#${sick.emailKey}`;
  const kept = world.table.items.get(claim);
  world.table.items.delete(claim);
  world.now += 7 * aDay + aMinute;
  await tick();
  expect(all().filter(({ state }) => state === "Expired")).toHaveLength(59);
  expect(all().find(({ id }) => id === sick.id)?.state).toBe("Pending");
  expect(poisoned()).toEqual([sick.id]);
  world.now += aMinute;
  await tick();
  expect(poisoned(), "it is not tried each minute").toHaveLength(1);
  if (kept) world.table.items.set(claim, kept);
  world.now += 61 * aMinute;
  await tick();
  expect(all().find(({ id }) => id === sick.id)?.state).toBe("Expired");
  expectSoundInvitations(world, businessId);
});

test("it stops in time, and goes on at the next tick", async () => {
  const { world, all } = await mailed(100);
  world.now += 7 * aDay + aMinute;
  let reads = 0;
  const send = async (command: object) => {
    if (command instanceof QueryCommand) reads += 1;
    return world.table.client.send(command as never);
  };
  const table = { name: "counted", client: { send } as never };
  const started = world.now;
  // Every query takes ten seconds of the minute.
  await runJobOn(table, "jobs/expire-invitations", { now: started, timeLeft: () => 60_000 - reads * 10_000 });
  expect(reads).toBeLessThanOrEqual(6);
  for (let n = 0; n < 8; n += 1) {
    reads = 0;
    world.now += aMinute;
    const timeLeft = () => 60_000 - reads * 10_000;
    await runJobOn(table, "jobs/expire-invitations", { now: world.now, timeLeft });
  }
  expect(all().every(({ state }) => state === "Expired")).toBe(true);
});

test("it reads only what is due", async () => {
  const { world, tick } = await mailed(80);
  const read: number[] = [];
  const send = async (command: object) => {
    const answer = await world.table.client.send(command as never);
    const { Items, Responses } = answer as { Items?: object[]; Responses?: Record<string, object[]> };
    if (command instanceof QueryCommand) read.push(Items?.length ?? 0);
    if (command instanceof BatchGetCommand) read.push(Object.values(Responses ?? {}).flat().length);
    return answer;
  };
  await runJobOn({ name: "counted", client: { send } as never }, "jobs/expire-invitations", {
    now: world.now,
  });
  expect(read.every((count) => count === 0)).toBe(true);
  await tick();
  expect(world.mails, "nothing is mailed again").toHaveLength(80);
});

test("one reminder, by default two days before the expiry", async () => {
  const { world, tick, events, all } = await mailed(3);
  for (let hour = 0; hour < 7 * 24 - 1; hour += 1) {
    world.now += 60 * aMinute;
    await tick();
    if (hour === 5 * 24 - 2) expect(events("invitation.reminded")).toEqual([]);
  }
  expect(events("invitation.reminded")).toHaveLength(3);
  expect(world.mails).toHaveLength(6);
  const [first, last] = [world.mails[0], world.mails.at(-1)];
  expect(last?.text).not.toBe(first?.text);
  expect(all().every(({ tokenHashes }) => tokenHashes.length === 2)).toBe(true);
});

test("no reminder where the deployment has set it to 0", async () => {
  vi.stubEnv("INVITATIONS", JSON.stringify({ reminderDays: 0 }));
  const { world, tick, events } = await mailed(2);
  for (let day = 0; day < 7; day += 1) {
    world.now += aDay - 1;
    await tick();
  }
  expect(events("invitation.reminded")).toEqual([]);
});

test("a try that failed meanwhile is not made again before it is due, by a job whose clock is ahead", async () => {
  const { world, ask, all } = await invitationWorld();
  world.mood = "rejecting";
  await ask("invite-member", 1, { body: { email: "p1@example.com" } });
  world.now += 6 * aMinute;
  const contextAt = (now: number) => ({
    table: world.table,
    now,
    timeLeft: () => 5_000,
    cleared: async () => {},
  });
  const one = () => {
    const [invitation] = all();
    if (!invitation) throw new Error("no invitation");
    return invitation;
  };
  const claimed = await claimMail.run(contextAt(world.now), one(), "invitation");
  const seenMeanwhile = one();
  const failed = {
    sent: false,
    reason: "The email service rejected the email.",
    throttled: false,
    unanswered: false,
  } as const;
  if (claimed) await recordMail.run(contextAt(world.now), claimed.invitation, failed);
  expect(one()).toMatchObject({ sendNo: 2, tries: 2 });
  const ahead = contextAt(world.now + 5 * aMinute);
  expect(await claimMail.run(ahead, seenMeanwhile, "invitation")).toBeUndefined();
  expect(one()).toMatchObject({ sendNo: 2, tries: 2 });
});
