import { beforeAll, describe, expect, test } from "vitest";
import { advance, local, type Person, signIn, stackUrl } from "./client.ts";

/** Licenses over HTTP: real bundles, Stripe's own SDK in them, the local Stripe behind it, and its webhooks. */
let boss: Person;
let businessId: string;

beforeAll(async () => {
  boss = await signIn();
  businessId = (await boss.post("/businesses/me", { name: "Acme" })).body.id;
});

const licenses = async () => (await boss.get("/businesses/me/licenses")).body;
/** What the local Stripe has as the quantity of the licenses. */
const quantity = async () => {
  const { items } = await subscription();
  return items.data.find(({ price }: any) => price.id.startsWith("price_license")).quantity;
};
const subscription = async () => {
  const { body } = await boss.get("/users/me");
  const [id] = body.stripeInfo.subscriptionIds;
  return local("stripe/requests", { request: `GET /v1/subscriptions/${id}` });
};
const invite = (name: string) => boss.post("/businesses/me/invitations", { email: `${name}@example.com` });

/** Moves the clock on until what a request has left to the jobs is done. */
const eventually = (read: () => Promise<unknown>, expected: unknown) =>
  expect
    .poll(async () => (await advance("PT20S")) && (await read()), { timeout: 60_000, interval: 500 })
    .toEqual(expected);

/** Invites until the request itself has told Stripe: where a job's tick falls into it, the job does. */
async function inviteAtOnce(tries = 5): Promise<any> {
  await advance("PT30S");
  const { body } = await invite(`anna-${tries}`);
  if (body.licenseBillingStatus === "Active" || tries === 1) return body;
  await eventually(async () => (await licenses()).licenseBillingStatus, "Active");
  await boss.delete(`/businesses/me/invitations/${body.id}`);
  await eventually(quantity, 1);
  return inviteAtOnce(tries - 1);
}

describe("a business that pays for its licenses", () => {
  test("has no subscription at first: nothing is billed", async () => {
    expect(await licenses()).toMatchObject({
      seats: 1,
      licenseBillingStatus: "NotBilled",
      subscriptionStatus: null,
      drift: null,
      checkoutExpiresAt: null,
    });
    expect((await boss.delete("/businesses/me/subscription")).body.code).toBe("no_subscription");
    expect((await boss.post("/businesses/me/billing-portal")).body.code).toBe("no_subscription");
  });

  test("begins one by Stripe's Checkout; it counts once that is paid", async () => {
    const key = { "idempotency-key": "begin" };
    const plan = { billingPlan: "Monthly" };
    const { status, body } = await boss.post("/businesses/me/subscription", plan, key);
    expect([status, body.url]).toEqual([200, expect.stringMatching(/^https?:/)]);
    expect((await boss.post("/businesses/me/subscription", plan, key)).body).toEqual(body);
    expect((await boss.get("/businesses/me")).body.subscriptionStatus).toBe("Pending");
    expect((await licenses()).checkoutExpiresAt).toBe(body.expiresAt);
    const session = /cs_\w+/.exec(body.url)?.[0];
    await local("stripe/checkout", { session });
    // The webhook comes late, and what it makes due waits in a batch for 20 seconds of the clock.
    await eventually(async () => (await licenses()).licenseBillingStatus, "Active");
    expect(await licenses()).toMatchObject({
      billingPlan: "Monthly",
      subscriptionStatus: "Active",
      drift: 0,
      checkoutExpiresAt: null,
    });
    expect((await boss.post("/businesses/me/subscription", plan)).body.code).toBe("already_subscribed");
  }, 90_000);

  test("is billed for an invitation before the answer says so, and for none that was revoked", async () => {
    const body = await inviteAtOnce();
    expect(body).toMatchObject({
      licenseBillingStatus: "Active",
      licenseQuantity: "2",
      licenseReleasedAt: null,
    });
    expect(await quantity()).toBe(2);
    await advance("PT30S");
    await boss.delete(`/businesses/me/invitations/${body.id}`);
    await eventually(quantity, 1);
    const revoked = (await boss.get(`/businesses/me/invitations/${body.id}`)).body;
    expect([revoked.licenseBillingStatus, revoked.licenseReleasedAt]).toEqual([
      "Released",
      expect.any(String),
    ]);
  }, 90_000);

  test("sees in its members, its profile and its own business what is billed", async () => {
    const [member] = (await boss.get("/businesses/me/users")).body;
    const { id, items } = await subscription();
    expect(member).toMatchObject({
      licenseBillingStatus: "Active",
      licenseStripeSubscriptionId: id,
      licenseStripeSubscriptionItemId: items.data.find(({ price }: any) =>
        price.id.startsWith("price_license"),
      ).id,
      licenseQuantity: "1",
      licenseRenewalDate: expect.any(String),
    });
    expect((await boss.get("/users/me")).body).toMatchObject({
      billingPlan: "Monthly",
      subscriptionStatus: "Active",
      stripeInfo: { customerId: expect.stringMatching(/^cus_/), subscriptionIds: [id], cancelAt: null },
    });
    const { billingState } = (await boss.get("/businesses/me")).body;
    expect(billingState).toMatchObject({
      hasStripeCustomer: true,
      hasPaymentMethod: true,
      businessUserQuantity: 1,
    });
  });

  test("may ask what more would cost, and changes nothing by it", async () => {
    const { body } = await boss.post("/businesses/me/licenses/preview", { add: 3 });
    expect(body).toMatchObject({ allowed: true, reason: null, seats: 4, currency: "usd", amountNow: 0 });
    expect(body.nextInvoiceAmount).toBeGreaterThan(0);
    expect(await quantity()).toBe(1);
  });

  test("loses nothing while Stripe is down", async () => {
    await advance("PT30S");
    await local("stripe/faults", { down: true });
    const { status, body } = await invite("bert");
    expect([status, body.licenseBillingStatus]).toEqual([200, "Pending"]);
    expect((await licenses()).openIntent).toMatchObject({ quantity: 2 });
    await local("stripe/faults", {});
    await eventually(async () => (await licenses()).licenseBillingStatus, "Active");
    expect(await quantity()).toBe(2);
  }, 90_000);

  test("is led to Stripe's portal, and ends its subscription with the period", async () => {
    expect((await boss.post("/businesses/me/billing-portal")).body.url).toMatch(/^https?:/);
    expect((await boss.delete("/businesses/me/subscription")).status).toBe(204);
    await eventually(async () => (await licenses()).cancelAt, expect.any(String));
    expect((await boss.get("/users/me")).body.stripeInfo.cancelAt).toEqual(expect.any(String));
    expect(await subscription()).toMatchObject({ cancel_at_period_end: true });
  });

  test("a forged webhook is refused", async () => {
    const response = await fetch(`${stackUrl()}/webhooks/stripe`, {
      method: "POST",
      body: JSON.stringify({ id: "evt_1", type: "customer.updated", data: { object: {} } }),
      headers: { "stripe-signature": "t=1,v1=00" },
    });
    expect([response.status, ((await response.json()) as any).code]).toEqual([400, "invalid_signature"]);
    expect(businessId).toMatch(/^biz_/);
  });
});
