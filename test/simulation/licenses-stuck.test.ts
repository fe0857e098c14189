import { beforeEach, describe, expect, test, vi } from "vitest";
import { reconcileLicenses } from "../../functions/jobs/reconcile-licenses.ts";
import type { Findings } from "../../shared/billing/reconcile.ts";
import { Busy } from "../../shared/domain/failures.ts";
import { shards } from "../../shared/table/due.ts";
import { hours, LicenseWorld, minutes, seconds } from "./license-world.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
beforeEach(() => log.mockClear());

/** The lines of the log that have this member. */
const logged = (member: string) =>
  log.mock.calls.map(([line]) => JSON.parse(String(line))).filter((line) => member in line);

/** The lines that raise the alarm of what Stripe leaves unanswered. */
const alarms = () => logged("oldestWorkSeconds").filter(({ oldestWorkSeconds }) => oldestWorkSeconds > 300);

async function subscribed(): Promise<LicenseWorld> {
  const world = new LicenseWorld();
  await world.subscribe();
  return world;
}

describe("Stripe that answers 500 to everything, and keeps these answers", () => {
  test("raises the alarm after five minutes, however many intents are opened and closed", async () => {
    const world = await subscribed();
    world.stripe.mood = "500 not applied";
    await world.add();
    await world.pass(4 * minutes, 20 * seconds);
    expect(alarms()).toEqual([]);
    await world.pass(4 * minutes, 20 * seconds);
    expect(world.ledger.behindSince).toBeDefined();
    expect(alarms().length).toBeGreaterThan(2);
  });

  test("raises none once it is well again, nor for a change that comes hours later", async () => {
    const world = await subscribed();
    world.stripe.mood = "500 not applied";
    await world.add();
    await world.pass(8 * minutes);
    world.stripe.mood = "well";
    await world.pass(3 * minutes);
    expect([world.quantity, world.ledger.behindSince]).toEqual([2, undefined]);
    log.mockClear();
    await world.pass(3 * hours, 5 * minutes);
    await world.add();
    await world.add();
    await world.pass(2 * minutes);
    expect([world.quantity, alarms()]).toEqual([4, []]);
  });
});

describe("what Stripe refuses again and again", () => {
  test("a cancel of what was cancelled elsewhere: Stripe is read, and the ledger is detached", async () => {
    const world = await subscribed();
    world.stripe.cancel(world.ledger.subscription?.id ?? "");
    expect((await world.call("licenses/end-subscription"))?.status).toBe(204);
    await world.pass(3 * minutes);
    expect(world.ledger.subscription).toBeUndefined();
    expect(world.ledger.cancelWanted).toBeUndefined();
  });

  test("a cancel raises the alarm", async () => {
    const world = await subscribed();
    world.stripe.mood = "refusing";
    await world.call("licenses/end-subscription");
    await world.pass(10 * minutes);
    expect(world.ledger.subscription?.cancelAt).toBeNull();
    expect(alarms().length).toBeGreaterThan(2);
  });

  test("to read: raises the alarm", async () => {
    const world = await subscribed();
    world.stripe.mood = "down";
    await world.webhook("customer.subscription.updated");
    await world.pass(10 * minutes);
    expect(alarms().length).toBeGreaterThan(2);
  });

  test("an intent does not keep the ledger from being looked at and counted", async () => {
    const world = await subscribed();
    world.stripe.mood = "refusing";
    await world.add();
    const { op } = world.ledger;
    world.stripe.change(world.ledger.subscription?.id ?? "", { status: "past_due" });
    await world.pass(3 * hours, 5 * minutes);
    expect(world.ledger.subscription?.status).toBe("past_due");
    expect(world.now - (world.ledger.inVainAt ?? 0)).toBeLessThan(3 * hours);
    await world.pass(24 * hours, 10 * minutes);
    expect(world.now - (world.ledger.recountedAt ?? 0)).toBeLessThan(24 * hours);
    expect(world.ledger.op).toMatchObject({ uuid: op?.uuid, request: op?.request });
    world.stripe.mood = "well";
    await world.pass(3 * minutes);
    expect([world.quantity, world.ledger.op, world.violations]).toEqual([2, undefined, []]);
  });
});

test("whose licenses are stuck, and what Stripe said to it, is in the log, and no word of Stripe's", async () => {
  const world = await subscribed();
  world.stripe.mood = "refusing";
  await world.add();
  const refusal = { stripeStatus: 400, stripeType: "invalid_request_error", stripeCode: "parameter_unknown" };
  const line = { level: "error", stuckLedger: world.businessId, ...refusal, stripeRequestId: "req_1" };
  expect(logged("stuckLedger")[0]).toEqual(line);
  world.stripe.mood = "down";
  log.mockClear();
  await world.webhook("customer.subscription.updated");
  await world.pass(2 * minutes);
  expect(logged("stuckLedger").length).toBeGreaterThan(0);
});

test("what breaks while a request applies licenses is in the log, and the change stands", async () => {
  const world = await subscribed();
  world.stripe.setQuantity = () => {
    throw new TypeError("not a function");
  };
  await world.add();
  expect(world.ledger.seats).toBe(2);
  expect(logged("brokenLedger")[0]).toMatchObject({ brokenLedger: world.businessId, error: "TypeError" });
});

test("that there was no time to apply them is not, whichever file's class says so", async () => {
  const world = await subscribed();
  world.stripe.setQuantity = () => {
    throw Object.assign(new Error("busy"), { failure: Busy });
  };
  await world.add();
  expect(world.ledger.seats).toBe(2);
  expect(logged("brokenLedger")).toEqual([]);
});

test("one that is stuck is read every two hours, not at every tick", async () => {
  const world = await subscribed();
  world.stripe.mood = "refusing";
  await world.add();
  const look = vi.spyOn(world.stripe, "readCustomer");
  await world.pass(12 * hours, 5 * minutes);
  expect(look.mock.calls.length).toBeGreaterThan(4);
  expect(look.mock.calls.length).toBeLessThan(8);
});

describe("a tick of reconciling", () => {
  const findings = (isHeard: boolean) =>
    ({ isHeard, ledger: { seats: 1 }, counted: undefined }) as unknown as Findings;

  /** Runs a tick over businesses by shard, of which some can't be read; answers which were looked at. */
  async function tick(byShard: Record<number, string[]>, isReadable: (id: string) => boolean, now = 0) {
    const asked: string[] = [];
    await reconcileLicenses.handle({
      now,
      timeLeft: () => 60_000,
      uses: {
        dueLedgers: async (kind, shard) => ({
          items: kind === "RECONCILE" ? (byShard[shard] ?? []) : [],
          after: undefined,
        }),
        reconcileLedger: async (businessId) => {
          asked.push(businessId);
          return findings(isReadable(businessId));
        },
      },
    });
    return asked;
  }

  test("goes on past a few that can't be read", async () => {
    const asked = await tick({ 0: ["bad"], 1: ["good"], 7: ["worse", "better"] }, (id) => !id.includes("ba"));
    expect(asked.sort()).toEqual(["bad", "better", "good", "worse"]);
  });

  test("stops where five on end can't be read: Stripe is down", async () => {
    const byShard = Object.fromEntries(Array.from({ length: shards }, (_, n) => [n, [`a${n}`, `b${n}`]]));
    expect(await tick(byShard, () => false)).toHaveLength(6);
  });

  test("begins at another shard each time, until each has been the first", async () => {
    const byShard = Object.fromEntries(Array.from({ length: shards }, (_, n) => [n, [`${n}`]]));
    const firsts = new Set<string | undefined>();
    for (let n = 0; n < shards; n += 1)
      firsts.add((await tick(byShard, () => true, 1_800_000_000_000 + n * 10 * minutes))[0]);
    expect(firsts.size).toBe(shards);
  });

  test("looks at one whose customer Stripe doesn't know by the hour, as at any other, and goes on", async () => {
    const world = await subscribed();
    world.stripe.mood = "of another account";
    world.now += 1 * hours;
    await world.job("reconcile-licenses");
    expect(world.ledger).toMatchObject({ reconciledAt: world.now, subscription: { id: "sub_1" } });
    expect(logged("unreadableCustomer")).toHaveLength(1);
    await world.pass(40 * minutes);
    expect(logged("unreadableCustomer")).toHaveLength(1);
  });

  test("looks at one that could not be read behind the others, the next time", async () => {
    const world = await subscribed();
    const before = world.ledger as unknown as Record<string, string>;
    world.now += 2 * hours;
    world.stripe.mood = "down";
    await world.job("reconcile-licenses");
    const after = world.ledger as unknown as Record<string, string>;
    expect(after.reconciledAt).toBe(before.reconciledAt);
    expect(Date.parse(after.gsi2sk ?? "")).toBe(world.now - 50 * minutes);
    world.stripe.mood = "well";
    world.now += 10 * minutes;
    await world.job("reconcile-licenses");
    expect(world.ledger.reconciledAt).toBe(world.now);
  });
});

test("what is asked of Stripe more than ten times a minute is refused until the minute is over, page by page", async () => {
  const world = await subscribed();
  const preview = () => world.call("licenses/preview-licenses", { body: { add: 1 } });
  world.now += 60 * seconds - (world.now % (60 * seconds));
  for (let n = 0; n < 10; n += 1) expect((await preview())?.status).toBe(200);
  const refused = await preview();
  expect([refused?.status, refused?.body.code]).toEqual([429, "too_many_requests"]);
  expect(refused?.headers["retry-after"]).toBe("60");
  expect((await world.call("licenses/open-billing-portal"))?.status).toBe(200);
  world.now += 60 * seconds;
  expect((await preview())?.status).toBe(200);
});

test("who may not have more licenses is told so, also while their price can't be had", async () => {
  const world = await subscribed();
  await world.call("licenses/limit-licenses", { body: { seatLimit: 1 } });
  world.stripe.mood = "down";
  const preview = () => world.call("licenses/preview-licenses", { body: { add: 1 } });
  const refused = await preview();
  expect([refused?.status, refused?.body.allowed, refused?.body.amountNow]).toEqual([200, false, null]);
  await world.call("licenses/limit-licenses", { body: { seatLimit: null } });
  expect([(await preview())?.status, (await preview())?.body.code]).toEqual([503, "stripe_unavailable"]);
});

test("what Stripe refuses is not called unavailable, and is not to be tried again", async () => {
  const world = await subscribed();
  world.stripe.mood = "of another account";
  const refused = await world.call("licenses/open-billing-portal");
  expect([refused?.status, refused?.body.code]).toEqual([502, "stripe_refused"]);
  expect(refused?.headers["retry-after"]).toBeUndefined();
  expect(logged("stuckLedger")[0]).toMatchObject({ stuckLedger: world.businessId, stripeStatus: 404 });
});
