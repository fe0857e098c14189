/** What becomes of billing after a restore of the table from a backup. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { hours, LicenseWorld, minutes } from "./license-world.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
beforeEach(() => log.mockClear());

/** What the logs of jobs say that an alarm counts. */
const logged = (member: string) =>
  log.mock.calls.map(([line]) => JSON.parse(String(line))).filter((line) => member in line);

const begin = (world: LicenseWorld) =>
  world.call("licenses/begin-subscription", { body: { billingPlan: "Monthly" } });

/** Somebody pays after the backup, which is restored when Stripe has forgotten every key of then. */
async function restoredWithoutCustomer(mode: "apply" | "report"): Promise<LicenseWorld> {
  const world = new LicenseWorld();
  await world.open();
  const backup = world.backUp();
  await begin(world);
  world.stripe.subscribe(world.ledger.customer?.id ?? "", { price_monthly_base: 1, price_monthly: 1 });
  await world.webhook("customer.subscription.created");
  await world.tick();
  world.now += 25 * hours;
  world.restore(backup);
  world.configure({ mode });
  await world.pass(2 * hours, 10 * minutes);
  expect(world.ledger.customer).toBeUndefined();
  return world;
}

describe("who has paid since the backup", () => {
  test("can't pay twice: Stripe knows the customer, and the subscription comes back", async () => {
    const world = await restoredWithoutCustomer("apply");
    expect((await begin(world))?.body.code).toBe("already_subscribed");
    expect(world.stripe.customers.size).toBe(1);
    await world.pass(2 * minutes);
    expect(world.ledger).toMatchObject({
      customer: { id: `cus_${world.businessId}` },
      subscription: { id: "sub_1" },
    });
    expect((await world.call("licenses/open-billing-portal"))?.status).toBe(200);
    await world.add();
    expect(world.quantity).toBe(2);
  });

  test("is found among several customers", async () => {
    const world = await restoredWithoutCustomer("apply");
    for (const id of ["cus_a", "cus_z"]) {
      world.stripe.customers.add(id);
      world.stripe.metadata.set(id, { businessId: world.businessId });
    }
    world.stripe.change("sub_1", { customerId: "cus_z" });
    expect((await begin(world))?.body.code).toBe("already_subscribed");
    expect(world.ledger.customer?.id).toBe("cus_z");
  });

  test("keeps their customer where the subscription has ended since, and can pay again", async () => {
    const world = await restoredWithoutCustomer("apply");
    world.stripe.cancel("sub_1");
    expect((await begin(world))?.status).toBe(200);
    expect(world.stripe.customers.size).toBe(1);
    world.stripe.subscribe(world.ledger.customer?.id ?? "", { price_monthly: 1 });
    await world.webhook("customer.subscription.created");
    await world.pass(2 * minutes);
    expect(world.ledger.subscription?.id).toBe("sub_2");
  });

  test("is not taken for nobody while Stripe's search doesn't answer", async () => {
    const world = await restoredWithoutCustomer("apply");
    const limited = { ok: false, status: 429, replayed: false, type: null, code: null } as const;
    const search = vi.spyOn(world.stripe, "findCustomers");
    search.mockResolvedValueOnce({ ...limited, message: "", requestId: null });
    expect((await begin(world))?.body.code).toBe("stripe_unavailable");
    expect(world.stripe.customers.size).toBe(1);
  });
});

test("an account that has no search can bill all the same", async () => {
  const world = new LicenseWorld();
  world.stripe.isWithoutSearch = true;
  await world.subscribe();
  expect(world.ledger.subscription?.id).toBe("sub_1");
});

test("a customer whom the search doesn't find as yet is the same one again", async () => {
  const world = new LicenseWorld();
  await world.open();
  const backup = world.backUp();
  await begin(world);
  world.restore(backup);
  expect((await begin(world))?.status).toBe(200);
  expect(world.stripe.customers.size).toBe(1);
});

describe("an Owner's wish of before the backup, to end the subscription", () => {
  test("is dropped: on go, nobody's subscription ends that was resumed since", async () => {
    const world = new LicenseWorld();
    await world.subscribe();
    world.stripe.mood = "down";
    await world.call("licenses/end-subscription");
    const backup = world.backUp();
    world.stripe.mood = "well";
    await world.pass(5 * minutes);
    expect(world.stripe.subscriptions.get("sub_1")?.cancelAt).not.toBeNull();
    world.stripe.change("sub_1", { cancelAt: null }); // resumed, in Stripe's portal
    world.now += 20 * hours;
    world.restore(backup);
    expect(world.ledger.cancelWanted).toBe("sub_1");
    world.configure({ mode: "report" });
    await world.pass(2 * hours, 10 * minutes);
    expect(world.ledger.cancelWanted).toBeUndefined();
    world.configure({ mode: "apply" });
    await world.pass(10 * minutes);
    expect(world.stripe.subscriptions.get("sub_1")?.cancelAt).toBeNull();
  });
});

test("a declined card of before the backup hides no difference: it is reported, and go doesn't overwrite it", async () => {
  const always = { prorationBehavior: "always_invoice" } as const;
  const world = new LicenseWorld(1, always);
  await world.subscribe();
  await world.webhook("customer.updated");
  await world.pass(2 * minutes);
  world.stripe.declines = true;
  await world.add();
  const backup = world.backUp();
  expect(world.ledger.parked).toBeDefined();
  world.stripe.declines = false;
  world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", 24); // by those who came after the backup
  world.now += 10 * hours;
  world.restore(backup);
  world.configure({ ...always, mode: "report" });
  await world.pass(1 * hours, 10 * minutes);
  const { body } = (await world.call("licenses/get-licenses")) ?? {};
  expect(body).toMatchObject({ seats: 2, drift: 22, licenseBillingStatus: "Pending", paymentRetryAt: null });
  const drifting = { seats: 2, quantityAtStripe: 24 };
  expect(logged("driftingLedger").at(-1)).toMatchObject(drifting);
  log.mockClear();
  world.configure({ ...always, mode: "apply" });
  await world.pass(26 * hours, 10 * minutes);
  expect(world.quantity).toBe(24);
  expect(logged("driftingLedger").at(-1)).toMatchObject(drifting);
});

describe("until a person says go", () => {
  test("nobody is called billed whom Stripe was not told of, and the difference is Stripe's minus the seats", async () => {
    const world = new LicenseWorld();
    await world.subscribe();
    const shown = async () => {
      const { seats, drift, licenseBillingStatus } = (await world.call("licenses/get-licenses"))?.body ?? {};
      return [seats, drift, licenseBillingStatus];
    };
    expect(await shown()).toEqual([1, 0, "Active"]);
    world.configure({ mode: "report" });
    await world.add();
    expect(await shown()).toEqual([2, -1, "Pending"]);
    await world.pass(5 * minutes);
    expect(await shown()).toEqual([2, -1, "Pending"]);
    await world.pass(2 * hours, 10 * minutes);
    expect(await shown()).toEqual([2, -1, "Pending"]);
    world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", 9);
    await world.pass(1 * hours, 10 * minutes);
    expect(await shown()).toEqual([2, 7, "Pending"]);
    await world.add();
    expect(await shown()).toEqual([3, 6, "Pending"]);
    world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", 3);
    await world.pass(2 * hours, 10 * minutes);
    expect(await shown()).toEqual([3, 0, "Active"]);
  });

  test("no Checkout is opened, and it is said why", async () => {
    const world = await restoredWithoutCustomer("report");
    const requests = [...world.stripe.customers];
    const refused = await begin(world);
    expect([refused?.status, refused?.body.code]).toEqual([409, "billing_held"]);
    expect([...world.stripe.customers]).toEqual(requests);
    expect(world.stripe.openCheckouts).toEqual([]); // The one of before the backup has run out.
  });

  test("no subscription is ended, and nobody is told that it will be", async () => {
    const world = new LicenseWorld();
    await world.subscribe();
    world.configure({ mode: "report" });
    const refused = await world.call("licenses/end-subscription");
    expect([refused?.status, refused?.body.code]).toEqual([409, "billing_held"]);
    expect(world.ledger.cancelWanted).toBeUndefined();
    world.configure({ mode: "apply" });
    expect((await world.call("licenses/end-subscription"))?.status).toBe(204);
    expect(world.stripe.subscriptions.get("sub_1")?.cancelAt).not.toBeNull();
  });
});
