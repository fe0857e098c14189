/** What Stripe has of a business whose card was declined. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { hours, LicenseWorld, minutes } from "./license-world.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
beforeEach(() => log.mockClear());

/** What the logs of jobs say that an alarm counts. */
const logged = (member: string) =>
  log.mock.calls.map(([line]) => JSON.parse(String(line))).filter((line) => member in line);

/** Two seats, of which Stripe has one: the card was declined for the other. */
async function parked(): Promise<LicenseWorld> {
  const world = new LicenseWorld(1, { prorationBehavior: "always_invoice" });
  await world.subscribe();
  await world.webhook("customer.updated");
  await world.pass(2 * minutes);
  world.stripe.declines = true;
  await world.add();
  expect([world.ledger.parked?.version, world.quantity]).toEqual([world.ledger.desiredVersion, 1]);
  return world;
}

const setByHand = (world: LicenseWorld, quantity: number) =>
  world.stripe.setByHand(world.ledger.subscription?.itemId ?? "", quantity);

describe("a quantity that somebody sets in Stripe's dashboard", () => {
  test("to quite another one is reported within the hour, and not repaired when the day is over", async () => {
    const world = await parked();
    setByHand(world, 40);
    world.stripe.declines = false;
    await world.pass(1 * hours, 10 * minutes);
    expect(logged("driftingLedger")[0]).toMatchObject({ seats: 2, quantityAtStripe: 40 });
    const { body } = (await world.call("licenses/get-licenses")) ?? {};
    expect(body).toMatchObject({ drift: 38, licenseBillingStatus: "PaymentRequired", paymentRetryAt: null });
    await world.pass(30 * hours, 10 * minutes);
    expect([world.quantity, logged("driftingLedger").length > 28]).toEqual([40, true]);
  });

  test("nor by another card; by the next change of the business it is", async () => {
    const world = await parked();
    setByHand(world, 40);
    await world.pass(1 * hours, 10 * minutes);
    Object.assign(world.stripe, { declines: false, paymentMethodId: "pm_2" });
    await world.webhook("payment_method.attached");
    await world.pass(1 * hours, 10 * minutes);
    expect(world.quantity).toBe(40);
    await world.add();
    expect([world.quantity, world.ledger.drift, world.ledger.parked]).toEqual([3, undefined, undefined]);
  });

  test("and back again sets it going once the card is another one", async () => {
    const world = await parked();
    setByHand(world, 40);
    await world.pass(1 * hours, 10 * minutes);
    setByHand(world, 1);
    Object.assign(world.stripe, { declines: false, paymentMethodId: "pm_2" });
    await world.pass(3 * hours, 10 * minutes);
    expect([world.quantity, world.ledger.parked]).toEqual([2, undefined]);
  });

  test("to what is held settles it, and nothing is charged", async () => {
    const world = await parked();
    for (let n = 0; n < 4; n += 1) await world.add();
    await world.pass(1 * minutes);
    setByHand(world, 6);
    await world.pass(2 * hours, 10 * minutes);
    const { body } = (await world.call("licenses/get-licenses")) ?? {};
    expect(body).toMatchObject({ seats: 6, drift: 0, licenseBillingStatus: "Active" });
    expect([world.stripe.charges, logged("driftingLedger")]).toEqual([2, []]);
  });

  test("is reported too where no license was ever paid for but those of the Checkout", async () => {
    const world = new LicenseWorld(1, { prorationBehavior: "always_invoice" });
    await world.open();
    await world.call("licenses/begin-subscription", { body: { billingPlan: "Monthly" } });
    world.stripe.subscribe(world.ledger.customer?.id ?? "", { price_monthly_base: 1, price_monthly: 1 });
    await world.add();
    world.stripe.declines = true;
    await world.webhook("customer.subscription.created");
    await world.pass(2 * minutes);
    expect(world.ledger).toMatchObject({ parked: {}, appliedQuantity: 1 });
    setByHand(world, 40);
    await world.pass(26 * hours, 10 * minutes);
    expect([world.quantity, world.ledger.drift?.quantity]).toEqual([40, 40]);
  });

  test("before the change that is declined is no reason to leave that alone: another card sets it going", async () => {
    const world = new LicenseWorld(1, { prorationBehavior: "always_invoice" });
    await world.subscribe();
    for (let n = 0; n < 4; n += 1) await world.add();
    await world.pass(2 * minutes);
    setByHand(world, 1);
    await world.pass(1 * hours, 10 * minutes);
    expect(world.ledger.drift?.quantity).toBe(1);
    world.stripe.declines = true;
    await world.add();
    await world.pass(2 * hours, 10 * minutes);
    expect([world.ledger.parked !== undefined, world.ledger.drift]).toEqual([true, undefined]);
    Object.assign(world.stripe, { declines: false, paymentMethodId: "pm_2" });
    await world.webhook("payment_method.attached");
    await world.pass(2 * minutes);
    expect(world.quantity).toBe(6);
  });
});

test("it is looked at by the hour, like any other", async () => {
  const world = await parked();
  const look = vi.spyOn(world.stripe, "readCustomer");
  await world.pass(12 * hours, 10 * minutes);
  expect(look.mock.calls.length).toBeGreaterThan(9);
  expect(look.mock.calls.length).toBeLessThan(16);
});
