import { beforeEach, describe, expect, test, vi } from "vitest";
import { callOn } from "../table/in-process.ts";
import { hours, LicenseWorld, minutes, seconds } from "./license-world.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
beforeEach(() => log.mockClear());

/** What the logs of jobs say that an alarm counts. */
const logged = (member: string) =>
  log.mock.calls.map(([line]) => JSON.parse(String(line))).filter((line) => member in line);

async function subscribed(...input: ConstructorParameters<typeof LicenseWorld>): Promise<LicenseWorld> {
  const world = new LicenseWorld(...input);
  await world.subscribe();
  expect([world.ledger.subscription?.plan, world.quantity]).toEqual(["Monthly", 1]);
  return world;
}

/** Stripe has what is held, nothing is open, and nothing was violated on the way. */
function expectSettled(world: LicenseWorld): void {
  expect(world.violations).toEqual([]);
  const { op, seats, desiredVersion, appliedVersion } = world.ledger;
  expect({ op, seats, quantity: world.quantity, isBehind: desiredVersion !== appliedVersion }).toEqual({
    op: undefined,
    seats: world.holders,
    quantity: world.holders,
    isBehind: false,
  });
}

describe("is billed before the answer says so:", () => {
  test.each([
    ["a member", "members/add-member", { email: "ada@example.com" }],
    ["who is invited", "invitations/invite-member", { email: "new@example.com" }],
    [
      "who is invited with others",
      "invitations/invite-members",
      { invitations: [{ email: "new@example.com" }] },
    ],
  ])("%s", async (_, key, body) => {
    const world = await subscribed();
    const ada = { subject: "ada", email: "ada@example.com" };
    await callOn(world.table, "users/get-me", ada, { now: world.now });
    const answer = await world.call(key, { body });
    const shown = Array.isArray(answer?.body) ? answer.body[0].invitation : answer?.body;
    expect([shown.licenseBillingStatus, shown.licenseQuantity]).toEqual(["Active", "2"]);
    expect(world.quantity).toBe(2);
    expectSettled(world);
  });
});

test("a member who was added is shown as billed", async () => {
  const world = await subscribed();
  const { body } = (await world.call("members/list-members")) ?? {};
  expect(body[0]).toMatchObject({ licenseBillingStatus: "Active", licenseQuantity: "1" });
  await world.add();
  expect(world.quantity).toBe(2);
  const answer = await world.call("licenses/get-licenses");
  expect(answer?.body).toMatchObject({
    seats: 2,
    members: 2,
    appliedQuantity: 2,
    drift: 0,
    openIntent: null,
    licenseBillingStatus: "Active",
    billingPlan: "Monthly",
    subscriptionStatus: "Active",
  });
  expectSettled(world);
});

describe("while Stripe is asked", () => {
  test("a change that comes between is not forgotten", async () => {
    const world = await subscribed();
    world.stripe.meanwhile = () => world.add();
    await world.add();
    expect([world.quantity, world.ledger.seats]).toEqual([2, 3]);
    await world.pass(1 * minutes, 20 * seconds);
    expectSettled(world);
  });

  test("news that come between are read too", async () => {
    const world = await subscribed();
    await world.webhook("customer.subscription.updated");
    world.stripe.onRead = async () => {
      world.stripe.change(world.ledger.subscription?.id ?? "", { status: "past_due" });
      await world.webhook("customer.subscription.updated");
    };
    await world.tick();
    expect(world.ledger).toMatchObject({ refreshWanted: 3, refreshDone: 3 });
    expect(world.ledger.subscription?.status).toBe("past_due");
  });

  test("the Owner's wish to end the subscription is not forgotten", async () => {
    const world = await subscribed();
    world.stripe.meanwhile = () => {
      world.stripe.mood = "down";
      return world.call("licenses/end-subscription");
    };
    await world.add();
    world.stripe.mood = "well";
    await world.pass(2 * minutes);
    expect(world.ledger.subscription?.cancelAt).not.toBeNull();
    expectSettled(world);
  });
});

describe("once a day the holders are counted", () => {
  test("a miscount is repaired and billed", async () => {
    const world = await subscribed();
    await world.add();
    miscount(world, 1);
    await world.pass(26 * hours, 10 * minutes);
    expect(logged("miscountedLedger")).toHaveLength(1);
    expect(world.ledger.seats).toBe(2);
    expect(world.quantity).toBe(2);
  });

  test("a large one is reported, and not billed", async () => {
    const world = await subscribed();
    miscount(world, 30);
    await world.pass(26 * hours, 10 * minutes);
    expect(logged("miscountedLedger")[0]).toMatchObject({ seats: 30, counted: 1 });
    expect([world.ledger.seats, world.quantity]).toEqual([30, 1]);
  });

  test("somebody who is added while they are counted counts once", async () => {
    const world = await subscribed();
    world.now += 25 * hours;
    world.onCount = () => world.add();
    await world.job("reconcile-licenses");
    await world.pass(2 * minutes);
    expectSettled(world);
    expect(world.ledger.seats).toBe(2);
  });

  test("an invitation that is accepted while they are counted counts once", async () => {
    const world = await subscribed();
    const token = await world.invite("guest");
    world.now += 25 * hours;
    world.onCount = () => world.accept("guest", token);
    await world.job("reconcile-licenses");
    expect(world.violations).toEqual([]);
    await world.pass(2 * minutes);
    expectSettled(world);
    expect(world.ledger.seats).toBe(2);
  });

  /** A wrong ledger, as no code of ours should leave it. */
  function miscount(world: LicenseWorld, seats: number): void {
    const item = world.table.partition(`BUSINESS#${world.businessId}`, "LICENSES")[0];
    Object.assign(item ?? {}, { seats });
  }
});

test("Stripe down for a day while members come and go", async () => {
  const world = await subscribed();
  world.stripe.mood = "down";
  const there: string[] = [];
  for (let hour = 0; hour < 25; hour += 1) {
    there.push(await world.add());
    if (hour % 3 === 2) await world.remove(there.shift() ?? "");
    const { status, body } = (await world.call("members/list-members")) ?? {};
    expect([status, body[0].licenseBillingStatus]).toEqual([200, "Pending"]);
    await world.pass(1 * hours, 5 * minutes);
  }
  expect(world.quantity).toBe(1);
  expect(world.ledger.op).toBeDefined();
  expect(logged("oldestWorkSeconds").at(-1)?.oldestWorkSeconds).toBeGreaterThan(24 * 60 * 60);
  world.stripe.mood = "well";
  await world.pass(2 * minutes);
  expectSettled(world);
  // One intent was open all the day, and one for all that came after it.
  expect(world.stripe.carriedOut.slice(1)).toHaveLength(2);
});

test("a hundred people added in a minute: a few calls, and billed within a minute", async () => {
  const world = await subscribed();
  const before = world.stripe.requests;
  for (let n = 0; n < 100; n += 1) {
    await world.add();
    world.now += 600;
    if (n % 33 === 32) await world.stream();
  }
  await world.pass(1 * minutes, 20 * seconds);
  expectSettled(world);
  expect(world.quantity).toBe(101);
  expect(world.stripe.requests - before).toBeLessThanOrEqual(5);
});

describe("a card that declines", () => {
  const declining = async () => {
    const world = await subscribed(1, { prorationBehavior: "always_invoice" });
    world.stripe.declines = true;
    await world.add();
    return world;
  };

  test("parks the ledger, which says so; nothing is charged each minute", async () => {
    const world = await declining();
    const { body } = (await world.call("licenses/get-licenses")) ?? {};
    expect(body.licenseBillingStatus).toBe("PaymentRequired");
    expect(body.paymentRetryAt).not.toBeNull();
    await world.pass(20 * hours, 5 * minutes);
    expect(world.stripe.charges).toBe(1);
    expect(logged("parkedLedger").length).toBeGreaterThan(10);
    await world.pass(6 * hours, 5 * minutes);
    expect(world.stripe.charges, "once a day").toBe(2);
  });

  test("Stripe's own news of it charge nothing", async () => {
    const world = await declining();
    for (const type of ["invoice.payment_failed", "invoice.updated", "customer.subscription.updated"])
      await world.webhook(type);
    await world.pass(5 * minutes);
    expect(world.stripe.charges).toBe(1);
    expect(world.ledger.refreshDone).toBe(world.ledger.refreshWanted);
  });

  test("a new payment method sets it going", async () => {
    const world = await declining();
    Object.assign(world.stripe, { declines: false, paymentMethodId: "pm_2" });
    await world.webhook("payment_method.attached");
    await world.pass(1 * minutes);
    expectSettled(world);
    expect(world.quantity).toBe(2);
  });

  test("a later change is tried at once", async () => {
    const world = await declining();
    world.stripe.declines = false;
    world.now += 30 * seconds;
    await world.add();
    expectSettled(world);
  });
});

/** The index, which is late, has a ledger among those that are looked at by the hour. */
function listForTheHour({ table, businessId }: LicenseWorld): void {
  const item = table.partition(`BUSINESS#${businessId}`, "LICENSES")[0] ?? {};
  const gsi2pk = String(item.gsi2pk).replace("LICENSES", "RECONCILE");
  table.items.set(`${item.pk}\n${item.sk}`, { ...item, gsi2pk, gsi2sk: "2000" });
}

describe("somebody changes the quantity in Stripe's dashboard", () => {
  test.each([2, 0])("to %i: repaired within the hour", async (quantity) => {
    const world = await subscribed();
    world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", quantity);
    await world.pass(1 * hours);
    expectSettled(world);
    expect(world.quantity).toBe(1);
  });

  test("to 40: reported, and not repaired", async () => {
    const world = await subscribed();
    world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", 40);
    await world.pass(1 * hours);
    expect(world.quantity).toBe(40);
    expect(logged("driftingLedger")[0]).toMatchObject({ seats: 1, quantityAtStripe: 40 });
    const { body } = (await world.call("licenses/get-licenses")) ?? {};
    expect(body).toMatchObject({ appliedQuantity: 1, drift: 39, licenseBillingStatus: "Pending" });
  });

  test("just before news of Stripe's that are not taken in yet: repaired all the same", async () => {
    const world = await subscribed();
    world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", 2);
    await world.webhook("customer.updated");
    listForTheHour(world);
    await world.job("reconcile-licenses");
    await world.settle();
    expect(world.quantity).toBe(1);
  });

  test("while one of us is changing it: that look doesn't count, the next tick looks again", async () => {
    const world = await subscribed();
    const { reconciledAt } = world.ledger;
    world.now += 1 * hours;
    world.stripe.onRead = async () => void (await world.add());
    await world.job("reconcile-licenses");
    expect(world.ledger.reconciledAt).toBe(reconciledAt);
    await world.settle();
    world.now += 10 * minutes;
    await world.job("reconcile-licenses");
    expect(world.ledger.reconciledAt).toBe(world.now);
    expectSettled(world);
  });

  test("a look that began before Stripe's answer to us judges nothing", async () => {
    const world = await subscribed();
    for (let n = 0; n < 4; n += 1) await world.add(); // three of them wait for their turn
    expect([world.quantity, world.ledger.seats, world.ledger.op]).toEqual([2, 5, undefined]);
    listForTheHour(world);
    world.stripe.onRead = () => world.settle();
    await world.job("reconcile-licenses");
    expect([world.quantity, world.ledger.drift]).toEqual([5, undefined]);
    expectSettled(world);
  });

  test("beside changes of ours: none of them is undone", async () => {
    const world = await subscribed();
    world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", 3);
    world.now += 1 * hours;
    await Promise.all([world.job("reconcile-licenses"), world.add(), world.tick()]);
    await world.pass(2 * minutes);
    expectSettled(world);
  });
});

describe("the subscription", () => {
  test("is cancelled: the ledger is detached, and members come and go as before", async () => {
    const world = await subscribed();
    world.stripe.cancel(world.ledger.subscription?.id ?? "");
    await world.add(); // Stripe refuses; a read says why
    expect(world.ledger.subscription).toBeUndefined();
    const { body } = (await world.call("members/list-members")) ?? {};
    expect(body[0]).toMatchObject({
      licenseBillingStatus: "Detached",
      licenseStripeSubscriptionId: null,
      licenseQuantity: "2",
    });
    await world.pass(5 * minutes);
    const before = world.stripe.requests;
    await world.add();
    await world.pass(1 * hours);
    expect(world.stripe.requests).toBe(before);
    expect((await world.call("businesses/get-business"))?.body.subscriptionStatus).toBe("Canceled");
  });

  test("is paused: its quantity is kept up", async () => {
    const world = await subscribed();
    world.stripe.change(world.ledger.subscription?.id ?? "", { paused: true });
    await world.webhook("customer.subscription.paused");
    await world.tick();
    expect((await world.call("licenses/get-licenses"))?.body.isPaused).toBe(true);
    await world.add();
    expectSettled(world);
  });

  test("is replaced by another: that one gets the quantity", async () => {
    const world = await subscribed();
    const { customer, subscription } = world.ledger;
    await world.add();
    world.stripe.cancel(subscription?.id ?? "");
    world.stripe.subscribe(customer?.id ?? "", { price_annual_base: 1 });
    await world.webhook("customer.subscription.created");
    await world.pass(2 * minutes);
    expect(world.ledger.subscription).toMatchObject({ id: "sub_2", plan: "Annual" });
    expectSettled(world);
    expect(world.quantity).toBe(2);
  });

  test("is cancelled and replaced while an intent is open: it is closed before the other one is used", async () => {
    const world = await subscribed();
    world.stripe.mood = "down";
    await world.add();
    const { customer, subscription } = world.ledger;
    world.stripe.cancel(subscription?.id ?? "");
    world.stripe.subscribe(customer?.id ?? "", { price_monthly: 1 });
    world.stripe.mood = "well";
    await world.pass(3 * minutes);
    expect(world.ledger.subscription?.id).toBe("sub_2");
    expectSettled(world);
  });

  test("is ended by its Owner while Stripe is down: it ends when Stripe is back", async () => {
    const world = await subscribed();
    world.stripe.mood = "down";
    expect((await world.call("licenses/end-subscription"))?.status).toBe(204);
    expect((await world.call("licenses/get-licenses"))?.body.cancelAt).toBeNull();
    world.stripe.mood = "well";
    await world.pass(2 * minutes);
    expect((await world.call("licenses/get-licenses"))?.body.cancelAt).not.toBeNull();
  });

  test("is found by the hour, where the webhook of the Checkout was lost", async () => {
    const world = new LicenseWorld();
    await world.open();
    await world.call("licenses/begin-subscription", { body: { billingPlan: "Monthly" } });
    world.stripe.subscribe(world.ledger.customer?.id ?? "", { price_monthly: 1 });
    await world.pass(1 * hours);
    expect(world.ledger.subscription?.plan).toBe("Monthly");
    expectSettled(world);
  });
});

test("a refusal that nobody understands leaves the intent open, whatever it means, and raises an alarm", async () => {
  const world = await subscribed();
  world.stripe.mood = "refusing";
  await world.add();
  const { op } = world.ledger;
  await world.add();
  await world.pass(10 * minutes);
  expect(world.ledger.op).toMatchObject({ uuid: op?.uuid, request: op?.request });
  expect(logged("oldestWorkSeconds").at(-1)?.oldestWorkSeconds).toBeGreaterThan(5 * 60);
  world.stripe.mood = "well";
  await world.pass(2 * minutes);
  expectSettled(world);
});

test("a request that arrives after everybody has given it up undoes nothing", async () => {
  const world = await subscribed();
  for (const mood of ["late", "overloaded"] as const) {
    world.stripe.mood = mood;
    await world.add();
    world.stripe.mood = "well";
    await world.pass(2 * minutes);
    await world.add();
    world.stripe.arrive();
    world.now += 30 * seconds;
    expectSettled(world);
  }
});

test("the same webhook a thousand times: read once", async () => {
  const world = await subscribed();
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, () => world.webhook("customer.subscription.updated", "evt_same")),
  );
  expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([204]));
  expect(world.ledger.refreshWanted).toBe(2);
  await world.pass(2 * minutes);
  expect(world.ledger.refreshDone).toBe(2);
});

test("a webhook whose signature isn't Stripe's is refused, and notes nothing", async () => {
  const world = await subscribed();
  const { refreshWanted } = world.ledger;
  const rawBody = JSON.stringify({
    id: "evt_1",
    type: "invoice.paid",
    customerId: world.ledger.customer?.id,
  });
  const options = { rawBody, headers: { "stripe-signature": "forged" } };
  const answer = await world.call("licenses/take-stripe-event", options);
  expect([answer?.status, answer?.body.code]).toEqual([400, "invalid_signature"]);
  expect(world.ledger.refreshWanted).toBe(refreshWanted);
});

describe("the Lambda dies after Stripe said yes and before that was written", () => {
  test("the same request is sent again, and counts once", async () => {
    const world = await subscribed();
    for (let after = 0; after < 16; after += 1) {
      await world.add({ after, carriedOut: after % 2 === 0 });
      await world.tick({ after: after % 9, carriedOut: true });
      world.now += 20 * seconds;
    }
    await world.pass(3 * minutes);
    expectSettled(world);
    const keys = world.stripe.carriedOut.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("a restore from a backup of yesterday", () => {
  test("changes nothing at Stripe until a person says go, and drops what was under way then", async () => {
    const world = await subscribed();
    world.stripe.mood = "down";
    await world.add();
    const backup = world.backUp();
    world.stripe.mood = "well";
    for (let n = 0; n < 4; n += 1) await world.add();
    await world.pass(24 * hours, 5 * minutes);
    expect(world.quantity).toBe(6);

    world.restore(backup);
    world.configure({ mode: "report" });
    const { length } = world.stripe.carriedOut;
    await world.add();
    await world.pass(2 * hours, 5 * minutes);
    expect(world.stripe.carriedOut).toHaveLength(length);
    expect(world.ledger.op, "the intent of yesterday would repeat yesterday's answer").toBeUndefined();
    expect(world.quantity).toBe(6);

    const reported = logged("driftingLedger").at(-1);
    expect(reported).toMatchObject({ seats: 3, quantityAtStripe: 6 });

    world.configure({ mode: "apply" });
    await world.add();
    expectSettled(world);
    expect(world.quantity).toBe(4);
  });
});
