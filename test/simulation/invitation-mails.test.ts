import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { QueryCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FakeSes, sesError } from "../email/fake-ses.ts";
import { callOn, runJobOn } from "../table/in-process.ts";
import { aDay, aMinute, invitationWorld } from "./invitation-begin.ts";
import { personOf } from "./invitation-world.ts";

const logged = vi.spyOn(console, "log").mockImplementation(() => {});
const poisoned = () =>
  logged.mock.calls.map(([line]) => JSON.parse(String(line)).poisoned).filter((id) => id !== undefined);
afterEach(() => logged.mockClear());

describe("mail that was delivered goes on working", () => {
  test("however often SES takes no more for now", async () => {
    const { world, invite, tick, accept } = await invitationWorld();
    await invite();
    world.now += 5 * aDay;
    world.mood = "throttled";
    for (let n = 0; n < 40; n += 1) {
      world.now += aMinute;
      await tick();
    }
    expect(world.mails).toHaveLength(1);
    expect((await accept(world.mails[0]?.token)).status).toBe(200);
  });

  test("also where nobody heard SES's yes three times: its report that it was delivered is one", async () => {
    const { world, invite, tick, all, accept, seats } = await invitationWorld();
    world.mood = "lost";
    await invite();
    for (let n = 0; n < 75; n += 1) {
      world.now += aMinute;
      await tick();
    }
    expect(world.mails).toHaveLength(3);
    const last = world.mails[2];
    if (last) await world.report(last, "Delivery");
    world.now += 30 * aMinute;
    await tick();
    expect(all()[0]).toMatchObject({ state: "Pending", deliveredAt: expect.any(Number) });
    expect(seats()).toBe(3);
    expect((await accept(world.mails[0]?.token)).status).toBe(200);
  });

  test("without any report it fails in the end, and says so", async () => {
    const { world, invite, tick, all } = await invitationWorld();
    world.mood = "lost";
    await invite();
    for (let n = 0; n < 90; n += 1) {
      world.now += aMinute;
      await tick();
    }
    expect(all()[0]).toMatchObject({
      state: "Failed",
      sendFailureReason: "The email service did not answer.",
    });
  });
});

describe("request and job never send the same one twice", () => {
  test.each([-5, 0, 5])("where the request's clock is %d minutes off the job's", async (skew) => {
    const { world, all } = await invitationWorld();
    let sends = 0;
    const ses = new FakeSes(async () => {
      sends += 1;
      // While SES takes its time, the job comes round.
      if (sends === 1) await runJobOn(world.table, "jobs/expire-invitations", { now: world.now, email: ses });
    });
    const options = { body: { email: "slow@example.com" }, email: ses, now: world.now + skew * aMinute };
    const answer = await callOn(world.table, "invitations/invite-member", personOf(1), options);
    expect(answer.status).toBe(200);
    expect(ses.mails).toHaveLength(1);
    expect(all()).toHaveLength(1);
  });

  test("a try that failed waits its time, also for a job that had read it before", async () => {
    const { world, all } = await invitationWorld();
    const body = { invitations: [{ email: "slow@example.com" }] };
    await world.call("invitations/invite-members", 1, { body });
    const ses: FakeSes = new FakeSes(async () => {
      throw sesError("InternalFailure", 503);
    });
    let held = 0;
    // The second job has read what is due, and writes when the first has recorded its failure.
    let release = () => {};
    const first = new Promise<void>((resolve) => {
      release = resolve;
    });
    const send = async (command: object) => {
      if (command instanceof TransactWriteCommand) {
        held += 1;
        await first;
      }
      return world.table.client.send(command as never);
    };
    const slow = runJobOn({ name: "slow", client: { send } as never }, "jobs/expire-invitations", {
      now: world.now + 5 * aMinute,
      email: ses,
    });
    await vi.waitFor(() => expect(held).toBe(1));
    await runJobOn(world.table, "jobs/expire-invitations", { now: world.now, email: ses });
    release();
    await slow;
    expect(ses.mails).toHaveLength(1);
    expect(all()[0]?.tries).toBe(1);
  });
});

describe("reminders", () => {
  test("none follows a resend at once", async () => {
    const { world, ask, tick, events } = await invitationWorld();
    const { body } = await ask("invite-member", 1, { body: { email: "a@example.com", expiresInDays: 2 } });
    world.now += aDay;
    await ask("resend-invitation", 1, { params: { invitationId: body.id } });
    for (let n = 0; n < 10; n += 1) {
      world.now += aMinute;
      await tick();
    }
    expect(events("invitation.reminded")).toEqual([]);
    expect(world.mails).toHaveLength(2);
  });

  test("one is given up after three tries that nobody recorded, and the invitation stays open", async () => {
    const { world, invite, tick, all, accept } = await invitationWorld();
    await invite();
    world.now += 5 * aDay;
    for (let n = 0; n < 100; n += 1) {
      world.now += aMinute;
      // Two calls to read, and one to claim: it dies with SES's yes.
      await tick(0, { after: 11, carriedOut: false });
    }
    await tick();
    const reminders = world.mails.length - 1;
    expect(reminders).toBeLessThanOrEqual(3);
    expect(all()[0]).toMatchObject({ state: "Pending", remindedAt: expect.any(Number) });
    expect((await accept(world.mails[0]?.token)).status).toBe(200);
  });

  test("none goes out in the name of somebody who may no longer invite", async () => {
    const { world, invite, tick, ids, all } = await invitationWorld();
    await invite(3, 1);
    await world.call("members/remove-member", 0, { params: { userId: ids[1] ?? "" } });
    world.now += 5 * aDay + aMinute;
    await tick();
    expect(world.mails).toHaveLength(1);
    expect(all()[0]).toMatchObject({ state: "Pending", remindedAt: expect.any(Number) });
  });

  test("nor a first mail: the invitation fails, and says what to do", async () => {
    const { world, ask, tick, ids, all, seats } = await invitationWorld();
    await ask("invite-members", 1, { body: { invitations: [{ email: "a@example.com" }] } });
    await world.call("members/remove-member", 0, { params: { userId: ids[1] ?? "" } });
    await tick();
    expect(world.mails).toEqual([]);
    expect(all()[0]?.sendFailureReason).toMatch(/Send the invitation again\.$/);
    expect(seats()).toBe(1);
    world.expectSound();
  });
});

test("a complaint about the only mail that SES took counts, though others were claimed since", async () => {
  const { world, invite, tick, all } = await invitationWorld();
  await invite();
  world.mood = "rejecting";
  world.now += 5 * aDay;
  for (let n = 0; n < 80; n += 1) {
    world.now += aMinute;
    await tick();
  }
  const [only] = world.mails;
  expect(world.mails).toHaveLength(1);
  expect(all()[0]?.state).toBe("Pending");
  if (only) await world.report(only, "Complaint");
  expect(all()[0]?.state).toBe("Failed");
});

describe("the job says when it needs a person", () => {
  test("a table that refuses it fails the job, each shard tried", async () => {
    let queries = 0;
    const send = async (command: object) => {
      if (command instanceof QueryCommand) queries += 1;
      throw Object.assign(new Error("no"), {
        name: "AccessDeniedException",
        $metadata: { httpStatusCode: 400 },
      });
    };
    const table = { name: "denied", client: { send } as never };
    await expect(runJobOn(table, "jobs/expire-invitations", {})).rejects.toThrow("no");
    expect(queries).toBe(8);
  });

  test("an SES that isn't set up rings the alarm of poisoned items", async () => {
    const { world } = await invitationWorld();
    const ses = new FakeSes(() => {
      throw sesError("ConfigurationSetDoesNotExistException");
    });
    const options = { body: { email: "a@example.com" }, email: ses, now: world.now };
    const { body } = await callOn(world.table, "invitations/invite-member", personOf(1), options);
    expect(poisoned()).toEqual([body.id]);
  });
});

test("a business that too much is happening in holds up no other", async () => {
  const { world, ask, tick } = await invitationWorld();
  await ask("invite-members", 1, { body: { invitations: [{ email: "overdue@example.com" }] } });
  await tick();
  // Another business in the same shard: one out of eight.
  const others: string[] = [];
  for (let n = 0; n < 40; n += 1) {
    const made = await world.call("businesses/create-business", 2, { body: { name: `B${n}` } });
    others.push(made?.body.id);
  }
  world.now += 7 * aDay + aMinute;
  world.onCommit = () => {};
  for (const id of others) {
    const headers = { "x-business-id": id };
    await world.call("invitations/invite-members", 2, {
      headers,
      body: { invitations: [{ email: `${id.slice(-6)}@example.com` }] },
    });
  }
  const ofBusy = (command: TransactWriteCommand) =>
    JSON.stringify(command.input.TransactItems).includes("overdue@example.com");
  const send = async (command: object) => {
    if (command instanceof TransactWriteCommand && ofBusy(command)) {
      const CancellationReasons = (command.input.TransactItems ?? []).map(() => ({
        Code: "TransactionConflict",
      }));
      throw new TransactionCanceledException({
        message: "",
        $metadata: { httpStatusCode: 400 },
        CancellationReasons,
      });
    }
    return world.table.client.send(command as never);
  };
  const table = { name: "busy", client: { send } as never };
  const before = world.mails.length;
  await runJobOn(table, "jobs/expire-invitations", { now: world.now, email: world.ses });
  expect(world.mails.length - before).toBe(40);
});
