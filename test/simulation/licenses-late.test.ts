/** Who comes late: to an intent that somebody else has opened and closed, or to the answer that waits for them. */
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test, vi } from "vitest";
import { FakeSes } from "../email/fake-ses.ts";
import { callOn, runJobOn } from "../table/in-process.ts";
import { LicenseWorld, seconds } from "./license-world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

type Send = (command: object) => Promise<unknown>;

/** A connection to the world's table whose first update of the ledger waits until it is let through. */
function lateTable(world: LicenseWorld) {
  const late = { isWaiting: false, release: () => {} };
  const held = new Promise<void>((resolve) => {
    late.release = resolve;
  });
  const send: Send = async (command) => {
    if (command instanceof UpdateCommand && !late.isWaiting) {
      late.isWaiting = true;
      await held;
    }
    return world.table.client.send(command as never);
  };
  return { late, table: { name: "memory", client: { send } as never } };
}

async function behind(declines: boolean): Promise<LicenseWorld> {
  const atOnce = { prorationBehavior: "always_invoice" } as const;
  const world = new LicenseWorld(1, atOnce);
  await world.subscribe();
  world.configure({ mode: "report" });
  await world.add(); // and nobody has told Stripe
  world.configure(atOnce);
  world.stripe.declines = declines;
  return world;
}

test.each([true, false])(
  "an intent that others have closed is not opened again by who was about to (declined: %s)",
  async (declines) => {
    const world = await behind(declines);
    const { late, table } = lateTable(world);
    const { stripe, now } = world;
    const job = runJobOn(table, "jobs/apply-licenses", { stripe, now });
    await vi.waitFor(() => expect(late.isWaiting).toBe(true));
    await world.tick();
    const { charges } = stripe;
    const { length: sent } = stripe.carriedOut;
    expect([charges, world.ledger.op, world.ledger.parked?.version]).toEqual([
      ...[1, undefined, declines ? world.ledger.desiredVersion : undefined],
    ]);
    late.release();
    await job;
    expect([stripe.charges, stripe.carriedOut.length]).toEqual([charges, sent]);
  },
);

test("two who are added at once have a card that declines charged once", async () => {
  const world = new LicenseWorld(1, { prorationBehavior: "always_invoice" });
  await world.subscribe();
  world.stripe.declines = true;
  const { late, table } = lateTable(world);
  const { stripe, now } = world;
  const boss = { subject: "boss", email: "boss@example.com", name: "Boss" };
  const ada = { subject: "ada", email: "ada@example.com" };
  const { body: person } = await callOn(world.table, "users/get-me", ada, { now });
  const body = { userId: person.id };
  const adding = callOn(table, "members/add-member", boss, { body, now, stripe });
  await vi.waitFor(() => expect(late.isWaiting).toBe(true));
  await world.add();
  const { parked, desiredVersion } = world.ledger;
  expect([stripe.charges, parked?.version]).toEqual([1, desiredVersion]);
  late.release();
  expect((await adding).status).toBe(200);
  expect(stripe.charges).toBe(1);
});

test.each([
  ["members/add-member", { email: "ada@example.com" }],
  ["company-users/add-user", { email: "new@example.com" }],
  ["invitations/invite-member", { email: "new@example.com" }],
  ["user-access/create-user-access", { access_id: "2", company_id: "theirs" }],
])(
  "%s: by the time of the answer Stripe is told, and a mail recorded, also where what it shows can't be read",
  async (key, body) => {
    const world = new LicenseWorld();
    await world.subscribe();
    const { stripe } = world;
    const now = world.now + 1 * seconds;
    const boss = { subject: "boss", email: "boss@example.com", name: "Boss" };
    const ada = { subject: "ada", email: "ada@example.com", emailVerified: true };
    const { body: person } = await callOn(world.table, "users/get-me", ada, { now });
    let isChanged = false;
    const send: Send = async (command) => {
      const { input } = command as GetCommand;
      const isShown =
        /^(BUSINESS|MEMBER#)/.test(String(input.Key?.sk ?? "")) && command instanceof GetCommand;
      if (isChanged && isShown) throw Object.assign(new Error("broken"), { name: "ValidationException" });
      const answer = await world.table.client.send(command as never);
      isChanged ||= world.ledger.seats === 2;
      return answer;
    };
    const table = { name: "memory", client: { send } as never };
    const named = "company_id" in body ? { ...body, company_id: world.businessId } : body;
    const ses = new FakeSes();
    const email = {
      send: async (mail: never) => {
        for (let turns = 50; turns > 0; turns -= 1) await new Promise(setImmediate);
        return ses.send(mail);
      },
    };
    const options = { body: named, now, stripe, email: email as never, params: { user_id: person.id } };
    const { status } = await callOn(table, key, boss, options);
    expect([status, isChanged, world.quantity, world.ledger.op]).toEqual([500, true, 2, undefined]);
    const owed = world.table.partition(`BUSINESS#${world.businessId}`, "INVITATION#").map((it) => it.owed);
    expect(owed.filter((mail) => mail !== undefined)).toEqual([]);
  },
);
