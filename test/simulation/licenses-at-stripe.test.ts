import { beforeEach, describe, expect, test, vi } from "vitest";
import { billing } from "../billing.ts";
import { hours, LicenseWorld, minutes } from "./license-world.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
beforeEach(() => log.mockClear());

/** What the logs of jobs say that an alarm counts. */
const logged = (member: string) =>
  log.mock.calls.map(([line]) => JSON.parse(String(line))).filter((line) => member in line);

async function subscribed(): Promise<LicenseWorld> {
  const world = new LicenseWorld();
  await world.subscribe();
  expect(world.ledger.subscription?.id).toBe("sub_1");
  return world;
}

/** Prices that no subscription of today has. */
const newPrices = {
  Annual: { license: "price_annual_new" },
  Monthly: { license: "price_monthly_new", base: "price_monthly_base_new" },
};

describe("prices change in the configuration", () => {
  test("a business that pays by the old ones goes on paying, by the same subscription and item", async () => {
    const world = await subscribed();
    const { subscription } = world.ledger;
    world.configure({ plans: newPrices });
    await world.webhook("customer.subscription.updated");
    await world.pass(2 * hours, 5 * minutes);
    expect(world.ledger.subscription).toMatchObject({
      ...{ id: subscription?.id, itemId: subscription?.itemId, plan: "Monthly" },
    });
    await world.add();
    await world.pass(2 * minutes);
    expect(world.quantity).toBe(2);
    const again = await world.call("licenses/begin-subscription", { body: { billingPlan: "Monthly" } });
    expect(again?.body.code).toBe("already_subscribed");
  });

  test("an item is not added beside the one that is known", async () => {
    const world = await subscribed();
    const base = billing.plans.Monthly.base;
    world.configure({ plans: { ...billing.plans, Monthly: { license: "price_monthly_new", base } } });
    await world.webhook("customer.subscription.updated");
    await world.pass(2 * hours, 5 * minutes);
    expect(world.stripe.subscriptions.get("sub_1")?.items).toHaveLength(2);
  });

  test("a subscription that isn't known yet is found by the former prices of a plan", async () => {
    const world = new LicenseWorld();
    await world.open();
    await world.call("licenses/begin-subscription", { body: { billingPlan: "Monthly" } });
    const formerPrices = [billing.plans.Monthly];
    world.configure({ plans: { ...newPrices, Monthly: { ...newPrices.Monthly, formerPrices } } });
    const customerId = world.ledger.customer?.id ?? "";
    const { items } = world.stripe.subscribe(customerId, { price_monthly_base: 1, price_monthly: 1 });
    await world.webhook("customer.subscription.created");
    await world.pass(2 * minutes);
    expect(world.ledger.subscription).toMatchObject({ plan: "Monthly", itemId: items[1]?.id });
    expect(world.stripe.subscriptions.get("sub_1")?.items).toHaveLength(2);
  });
});

describe("the key of another account of Stripe", () => {
  test("ends no billing, is reported, and is forgotten once it is right again", async () => {
    const world = await subscribed();
    const { customer, subscription } = world.ledger;
    world.stripe.mood = "of another account";
    await world.webhook("customer.updated");
    await world.add(); // Stripe has no such item, nor its subscription
    await world.pass(2 * hours, 5 * minutes);
    expect(world.ledger).toMatchObject({ customer, subscription });
    expect(logged("unreadableCustomer")[0]).toMatchObject({ unreadableCustomer: world.businessId });
    world.stripe.mood = "well";
    await world.pass(5 * minutes);
    expect(world.quantity).toBe(2);
    expect(world.ledger.refreshDone).toBe(world.ledger.refreshWanted);
  });

  test("lets nobody who has none buy: the customer is kept for the right key", async () => {
    const world = new LicenseWorld();
    await world.open();
    await world.call("licenses/begin-subscription", { body: { billingPlan: "Monthly" } });
    const { customer } = world.ledger;
    world.stripe.mood = "of another account";
    await world.webhook("customer.updated");
    await world.pass(1 * hours, 5 * minutes);
    expect(world.ledger.customer).toEqual(customer);
  });
});

test("a customer who is deleted at Stripe is forgotten, and the subscription with it", async () => {
  const world = await subscribed();
  const { id = "" } = world.ledger.customer ?? {};
  world.stripe.deleteCustomer(id);
  await world.webhook("customer.deleted", undefined, id);
  await world.pass(2 * minutes);
  expect([world.ledger.customer, world.ledger.subscription]).toEqual([undefined, undefined]);
  expect(logged("unreadableCustomer")).toEqual([]);
});

test("a subscription that ends while it is read tells nothing of the customer", async () => {
  const world = await subscribed();
  const prices = { ...newPrices, Monthly: { ...newPrices.Monthly, base: billing.plans.Monthly.base ?? "" } };
  world.stripe.change("sub_1", { status: "canceled" });
  const customerId = world.ledger.customer?.id ?? "";
  world.configure({ plans: prices });
  const { id } = world.stripe.subscribe(customerId, { price_monthly_base: 1 }); // no item for licenses yet
  world.stripe.onRead = async () => void world.stripe.subscriptions.delete(id);
  await world.webhook("customer.subscription.created");
  await world.pass(2 * minutes);
  expect(world.stripe.subscriptions.has(id)).toBe(false);
  expect(logged("stuckLedger")).toMatchObject([{ stripeStatus: 404, stuckLedger: world.businessId }]);
  expect(logged("unreadableCustomer")).toEqual([]);
});

test("after a restore a business that has changed since is reported too, and go leaves a large difference alone", async () => {
  const world = await subscribed();
  for (let n = 0; n < 3; n += 1) await world.add();
  await world.pass(2 * minutes);
  expect([world.ledger.seats, world.quantity]).toEqual([4, 4]);
  const backup = world.backUp();
  world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", 24); // by those who came after the backup
  world.restore(backup);
  world.configure({ mode: "report" });
  await world.add();
  await world.pass(2 * hours, 5 * minutes);
  expect(logged("driftingLedger").at(-1)).toMatchObject({ seats: 5, quantityAtStripe: 24 });
  log.mockClear();
  world.configure({ mode: "apply" });
  await world.pass(2 * hours, 5 * minutes);
  expect(world.quantity).toBe(24);
  expect(logged("driftingLedger").at(-1)).toMatchObject({ seats: 5, quantityAtStripe: 24 });
});

describe("one business, one subscription", () => {
  const begin = (world: LicenseWorld, billingPlan: string) =>
    world.call("licenses/begin-subscription", { body: { billingPlan } });

  test("a Checkout is shown until it is paid and Stripe has said so, or until it can't be paid any more", async () => {
    const world = new LicenseWorld();
    await world.open();
    const shown = async () => (await world.call("licenses/get-licenses"))?.body.checkoutExpiresAt;
    expect(await shown()).toBeNull();
    const first = (await begin(world, "Monthly"))?.body.expiresAt;
    expect([first, await shown()]).toEqual([expect.any(String), first]);
    world.now += 24 * hours;
    expect(await shown()).toBeNull();
    const second = (await begin(world, "Monthly"))?.body.expiresAt;
    world.stripe.subscribe(world.ledger.customer?.id ?? "", { price_monthly_base: 1, price_monthly: 1 });
    expect(await shown()).toBe(second);
    await world.webhook("customer.subscription.created");
    await world.tick();
    expect(await shown()).toBeNull();
  });

  test("a Checkout that is begun anew closes the one before; the same one is answered again", async () => {
    const world = new LicenseWorld();
    await world.open();
    const answers = [];
    for (const plan of ["Monthly", "Monthly", "Annual", "Monthly"]) answers.push(await begin(world, plan));
    const urls = answers.map((answer) => answer?.body.url);
    expect(urls[1]).toBe(urls[0]);
    expect(new Set(urls).size).toBe(3);
    expect(world.stripe.openCheckouts.map(({ url }) => url)).toEqual([urls[3]]);
  });

  test("whoever has just paid, and whose webhook has not come yet, can't pay twice", async () => {
    const world = new LicenseWorld();
    await world.open();
    await begin(world, "Monthly");
    world.stripe.subscribe(world.ledger.customer?.id ?? "", { price_monthly: 1 });
    expect((await begin(world, "Annual"))?.body.code).toBe("already_subscribed");
  });

  test("two are reported", async () => {
    const world = await subscribed();
    world.stripe.subscribe(world.ledger.customer?.id ?? "", { price_annual: 1 });
    await world.webhook("customer.subscription.created");
    await world.pass(2 * minutes);
    expect(world.ledger.subscription?.id).toBe("sub_1");
    expect(logged("severalSubscriptions")[0]).toMatchObject({
      ...{ severalSubscriptions: world.businessId, count: 2 },
    });
  });
});

describe("news of a customer whom the table doesn't know, after a restore", () => {
  const elsewhere = async (world: LicenseWorld, metadata: Record<string, string>) => {
    const customerId = "cus_newer";
    world.stripe.customers.add(customerId);
    world.stripe.metadata.set(customerId, metadata);
    world.stripe.subscribe(customerId, { price_monthly: 1 });
    return customerId;
  };

  test("lead to the business that Stripe has it under, and its subscription comes back", async () => {
    const world = new LicenseWorld();
    await world.open();
    const customerId = await elsewhere(world, { businessId: world.businessId });
    await world.webhook("invoice.paid", undefined, customerId);
    await world.pass(2 * minutes);
    expect(world.ledger).toMatchObject({ customer: { id: customerId }, subscription: { id: "sub_1" } });
    await world.add();
    expect(world.quantity).toBe(2);
    const { refreshWanted = 0 } = world.ledger;
    await world.webhook("invoice.paid", undefined, customerId);
    expect(world.ledger.refreshWanted).toBe(refreshWanted + 1);
  });

  test("take no other customer's place, and are reported", async () => {
    const world = await subscribed();
    const { customer } = world.ledger;
    const customerId = await elsewhere(world, { businessId: world.businessId });
    expect((await world.webhook("invoice.paid", undefined, customerId))?.status).toBe(204);
    await world.pass(2 * minutes);
    expect(world.ledger.customer).toEqual(customer);
    expect(logged("unknownCustomer")[0]).toMatchObject({ unknownCustomer: customerId });
  });

  test("are not taken in while Stripe can't be read: it sends them again", async () => {
    const world = new LicenseWorld();
    await world.open();
    const customerId = await elsewhere(world, { businessId: world.businessId });
    world.stripe.mood = "down";
    expect((await world.webhook("invoice.paid", "evt_again", customerId))?.status).toBe(503);
    world.stripe.mood = "well";
    expect((await world.webhook("invoice.paid", "evt_again", customerId))?.status).toBe(204);
    expect(world.ledger.customer?.id).toBe(customerId);
  });

  test("are none of ours where Stripe has them under no business", async () => {
    const world = new LicenseWorld();
    await world.open();
    const customerId = await elsewhere(world, {});
    expect((await world.webhook("invoice.paid", undefined, customerId))?.status).toBe(204);
    expect([world.ledger.customer, logged("unknownCustomer")]).toEqual([undefined, []]);
  });
});
