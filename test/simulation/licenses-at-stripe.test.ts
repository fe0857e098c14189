import { beforeEach, describe, expect, test, vi } from "vitest";
import { billing } from "../billing.ts";
import { hours, LicenseWorld, minutes } from "./license-world.ts";

vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
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
