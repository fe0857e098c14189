/**
 * What Tenantry asks of Stripe, by the real SDK as it is in the bundles, of a local run: its Stripe, and its Secrets
 * Manager for the key.
 */
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import Stripe from "stripe";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bundleFolder } from "../../infra/bundle.ts";
import { close, listen } from "../../infra/local/http.ts";
import { secret } from "../../infra/local/stripe/secret.ts";
import { type Answer, apiVersion, type Gateway } from "../../shared/billing/gateway.ts";
import type * as Billing from "../../shared/billing/stripe.ts";
import { ECHO, type Mini, startMini } from "./local-run.ts";
import { sdkFor } from "./local-stripe.ts";

const bundled = join(bundleFolder("jobs/apply-licenses"), "stripe.cjs");
const { stripe, openStripe }: typeof Billing = createRequire(import.meta.url)(bundled);
const NAME = "tenantry/stripe";
const bounded = { within: 5_000 };
let local: Mini;
let sdk: Stripe;
beforeAll(async () => {
  local = await startMini({
    functions: { Echo: ECHO, Environment: "exports.handler = async () => process.env;" },
    routes: { "POST /webhooks/stripe": "Echo" },
    edit: ({ Resources }) =>
      Object.assign((Resources.Environment as any).Properties.Environment.Variables, { STRIPE_SECRET: NAME }),
  });
  const environment = JSON.parse((await local.invoke("Environment", {})).payload);
  for (const [name, value] of Object.entries(environment))
    if (/^(AWS_|STRIPE_)/.test(name)) process.env[name] = String(value);
  sdk = sdkFor(environment.STRIPE_API_BASE);
});
afterEach(() => control("faults", {}));
afterAll(() => local.remove());

const control = async (path: string, body: object) => {
  const init = { method: "POST", body: JSON.stringify(body) };
  return (await local.request(`/_local/stripe/${path}`, init)).json() as any;
};
const seen = async () => (await local.request("/_local/stripe")).json() as any;
function value<Value>(answer: Answer<Value>): Value {
  if (!answer.ok) throw new Error(answer.message);
  return answer.value;
}
/** A bundle whose modules nobody has used. */
function freshly(path: string) {
  const require = createRequire(import.meta.url);
  delete require.cache[path];
  return require(path);
}
let business = 0;
/** A business with a plan, and no licenses yet. */
async function subscribed() {
  const businessId = `biz_${++business}`;
  const customer = value(await stripe.createCustomer({ businessId, name: "Acme" }, businessId, bounded));
  const checkout = value(
    await stripe.createCheckout(
      {
        ...{ customerId: customer.id, businessId, lines: [{ priceId: "price_plan_monthly", quantity: 1 }] },
        order: "a plan",
        ...{ successUrl: "https://app.example.com/done", cancelUrl: "https://app.example.com/" },
      },
      `checkout ${businessId}`,
      bounded,
    ),
  );
  expect(checkout.url).toBe(`${local.url}/stripe?checkout=${checkout.id}`);
  await control("checkout", { session: checkout.id });
  const [subscription] = value(await stripe.listSubscriptions(customer.id, bounded));
  if (!subscription) throw new Error("no subscription");
  return { businessId, customerId: customer.id, subscriptionId: subscription.id, subscription };
}
async function licensed() {
  const place = await subscribed();
  const item = value(await stripe.licenseItem({ ...place, priceId: "price_license_monthly" }, bounded));
  return { ...place, itemId: item.id };
}
const request = (itemId: string, quantity: number) =>
  ({ itemId, quantity, prorationBehavior: "create_prorations", apiVersion }) as const;

describe("a customer, a checkout, a subscription", () => {
  it("carry the business's id, and show what the ledger asks about", async () => {
    const { businessId, customerId, subscription } = await subscribed();
    const customer = value(await stripe.readCustomer(customerId, bounded));
    expect(customer).toMatchObject({ id: customerId, balance: 0, currency: "usd", metadata: { businessId } });
    expect(subscription).toMatchObject({
      ...{ customerId, status: "active", cancelAt: null, paused: false, metadata: { businessId } },
      items: [{ priceId: "price_plan_monthly", quantity: 1 }],
      defaultPaymentMethodId: expect.stringMatching(/^pm_/),
    });
    const [item] = subscription.items;
    expect((item?.periodEnd ?? 0) - local.clock.now()).toBeGreaterThan(27 * 86_400_000);
  });

  it("checkouts are listed with what they are for, and nobody pays one that was closed", async () => {
    const customer = value(await stripe.createCustomer({ businessId: "biz_c", name: "C" }, "biz_c", bounded));
    const order = { customerId: customer.id, businessId: "biz_c", successUrl: "https://a.example" };
    const lines = [{ priceId: "price_plan_monthly", quantity: 1 }];
    const wanted = { ...order, order: "C's plan", lines, cancelUrl: "https://a.example" };
    const { id } = value(await stripe.createCheckout(wanted, "checkout biz_c", bounded));
    const listed = async () => value(await stripe.listCheckouts(customer.id, bounded));
    expect(await listed()).toMatchObject([{ id, isOpen: true, order: "C's plan" }]);
    await stripe.expireCheckout(id, bounded);
    expect(await listed()).toMatchObject([{ id, isOpen: false }]);
    expect(await stripe.expireCheckout(id, bounded)).toMatchObject({ ok: false, status: 400 });
  });

  it("a customer is made once per key, and gone when it is deleted", async () => {
    const make = () => stripe.createCustomer({ businessId: "biz_a", name: "A" }, "customer biz_a", bounded);
    const [first, second] = [value(await make()), await make()];
    expect(second).toMatchObject({ ok: true, replayed: true, value: first });
    await sdk.customers.del(first.id);
    expect(await stripe.readCustomer(first.id, bounded)).toMatchObject({ ok: true, value: null });
    expect(await stripe.readCustomer("cus_none", bounded)).toMatchObject({
      ...{ ok: false, status: 404, code: "resource_missing" },
    });
  });

  it("a customer is found by the business's id, once the search has heard of it, and until it is deleted", async () => {
    const make = (businessId: string) =>
      stripe.createCustomer({ businessId, name: "S" }, `searched ${businessId}`, bounded).then(value);
    const found = async () => value(await stripe.findCustomers("biz_searched", bounded)).map(({ id }) => id);
    const [{ id }] = [await make("biz_searched"), await make("biz_searched_too")];
    expect(await found()).toEqual([]);
    local.clock.advance("PT1M");
    expect(await found()).toEqual([id]);
    for (const query of ["email:'a@example.com'", "metadata['businessId']:'a' OR name:'S'", ""])
      await expect(sdk.customers.search({ query })).rejects.toMatchObject({ statusCode: 400 });
    await sdk.customers.del(id);
    expect(await found()).toEqual([]);
  });

  it("is cancelled at the end of its period, and still listed when it is over, after its successor", async () => {
    const { customerId, subscriptionId, subscription } = await subscribed();
    const canceled = value(await stripe.cancelAtPeriodEnd(subscriptionId, bounded));
    expect(canceled.cancelAt).toBe(subscription.items[0]?.periodEnd);
    await sdk.subscriptions.cancel(subscriptionId);
    const other = await sdk.subscriptions.create({
      ...{ customer: customerId, items: [{ price: "price_plan_annual" }] },
      default_payment_method: subscription.defaultPaymentMethodId ?? "",
    });
    const all = value(await stripe.listSubscriptions(customerId, bounded));
    expect(all.map(({ id, status }) => [id, status])).toEqual([
      [other.id, "active"],
      [subscriptionId, "canceled"],
    ]);
    expect(value(await stripe.readSubscription(subscriptionId, bounded)).endedAt).not.toBeNull();
    expect(await stripe.readSubscription("sub_none", bounded)).toMatchObject({ ok: false, status: 404 });
  });

  it("leads to the portal and back", async () => {
    const { customerId } = await subscribed();
    const returnUrl = "https://app.example.com/billing";
    const { url } = value(await stripe.portalLink({ customerId, returnUrl }, bounded));
    const { text } = await local.request(url.slice(local.url.length));
    expect(text).toContain(customerId);
    expect(text).toContain(`href="${returnUrl}"`);
  });
});

describe("the item of the licenses", () => {
  it("is added once, with quantity 0, by however many at once, and costs nothing", async () => {
    const place = await subscribed();
    const ask = () => stripe.licenseItem({ ...place, priceId: "price_license_monthly" }, bounded);
    const items = (await Promise.all(Array.from({ length: 5 }, ask))).map(value);
    expect(new Set(items.map(({ id }) => id)).size).toBe(1);
    expect(items[0]).toMatchObject({ quantity: 0, subscriptionId: place.subscriptionId });
    expect((await sdk.invoices.list({ subscription: place.subscriptionId })).data.length).toBe(1);
  });

  it("gets the quantity under the op's own key: once done, it is only repeated", async () => {
    const { itemId } = await licensed();
    const first = await stripe.setQuantity(request(itemId, 3), "op-1", bounded);
    expect(first).toMatchObject({ ok: true, replayed: false, value: { id: itemId, quantity: 3 } });
    await stripe.setQuantity(request(itemId, 4), "op-2", bounded);
    const again = await stripe.setQuantity(request(itemId, 3), "op-1", bounded);
    expect(again).toMatchObject({ ok: true, replayed: true, value: { quantity: 3 } });
    expect((await sdk.subscriptionItems.retrieve(itemId)).quantity).toBe(4);
    const sent = (await seen()).requests.filter(({ key }: { key: string }) => key === "op-1");
    expect(sent.map(({ body }: { body: string }) => body)).toEqual(
      Array(2).fill("quantity=3&proration_behavior=create_prorations"),
    );
    const opened = { ...request(itemId, 5), apiVersion: "2024-06-20" };
    const older = await stripe.setQuantity(opened, "op-3", bounded);
    expect(older).toMatchObject({ ok: false, message: expect.stringContaining("not 2024-06-20") });
  });
});

describe("whatever happens is an answer", () => {
  const set = (itemId: string, key: string, within = 5_000) =>
    stripe.setQuantity(request(itemId, 9), key, { within });

  it("a declined card: 402, and the quantity is as it was", async () => {
    const { itemId, customerId } = await licensed();
    await control("card", { customer: customerId, card: "pm_card_chargeCustomerFail" });
    const atOnce = { ...request(itemId, 5), prorationBehavior: "always_invoice" } as const;
    const declined = { ok: false, status: 402, type: "card_error", code: "card_declined" };
    expect(await stripe.setQuantity(atOnce, "declined", bounded)).toMatchObject(declined);
    expect(await stripe.setQuantity(atOnce, "declined", bounded)).toMatchObject({
      ...{ ...declined, replayed: true },
    });
    expect((await sdk.subscriptionItems.retrieve(itemId)).quantity).toBe(0);
  });

  it("a 500, and whether it is repeated; a 429; an item that is gone", async () => {
    const { itemId } = await licensed();
    await control("faults", { failUnapplied: 1 });
    expect(await set(itemId, "500")).toMatchObject({ ok: false, status: 500, replayed: false });
    expect(await set(itemId, "500")).toMatchObject({ ok: false, status: 500, replayed: true });
    await control("faults", { limited: 1 });
    expect(await set(itemId, "429")).toMatchObject({ ok: false, status: 429, code: "rate_limit" });
    expect(await set("si_none", "gone")).toMatchObject({ ok: false, status: 404 });
  });

  it("nothing heard: status null, when the connection is closed, and in the time there was", async () => {
    const { itemId } = await licensed();
    await control("faults", { down: true });
    expect(await set(itemId, "down")).toMatchObject({ ok: false, status: null });
    await control("faults", { slow: 3_000 });
    const before = performance.now();
    expect(await set(itemId, "slow", 300)).toMatchObject({ ok: false, status: null });
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

it("an answer that never ends is given up in time, though something comes of it again and again", async () => {
  const dribble = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
  });
  const { STRIPE_API_BASE } = process.env;
  const other = { ...secret, apiKey: "sk_test_dribble" };
  writeFileSync(join(local.stateDir, "parameters.json"), JSON.stringify({ dribble: JSON.stringify(other) }));
  Object.assign(process.env, {
    STRIPE_SECRET: "dribble",
    STRIPE_API_BASE: `http://127.0.0.1:${await listen(dribble)}`,
  });
  const before = performance.now();
  expect(await stripe.readCustomer("cus_1", { within: 400 })).toMatchObject({ ok: false, status: null });
  expect(performance.now() - before).toBeLessThan(1_200);
  Object.assign(process.env, { STRIPE_SECRET: NAME, STRIPE_API_BASE });
  await close(dribble);
});

it("the key is on its way before anything is asked, and read once, whoever waits for it", async () => {
  const reads: (() => void)[] = [];
  const secrets = createServer((request, response) => {
    request.resume();
    reads.push(() => response.end(JSON.stringify({ SecretString: JSON.stringify(secret) })));
  });
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", `http://127.0.0.1:${await listen(secrets)}`);
  vi.stubEnv("STRIPE_SECRET", "on its way");
  const another: typeof Billing = await freshly(bundled);
  const opened = another.openStripe();
  await expect.poll(() => reads.length).toBe(1);
  const asked = [1, 2, 3].map((n) => opened.readCustomer(`cus_none${n}`, bounded));
  setImmediate(() => reads.map((answer) => answer()));
  expect((await Promise.all(asked)).map((answer) => !answer.ok && answer.status)).toEqual([404, 404, 404]);
  expect(reads.length).toBe(1);
  vi.unstubAllEnvs();
  await close(secrets);
});

it("a key that can't be had is told to whoever asks, not to the process", async () => {
  vi.stubEnv("STRIPE_SECRET", "there is no such secret");
  const answer = await openStripe().readCustomer("cus_1", bounded);
  expect(answer).toMatchObject({ ok: false, status: null });
  vi.unstubAllEnvs();
});

describe("the preview", () => {
  it.each(["create_prorations", "always_invoice", "none"] as const)(
    "of a subscription that ends with its period has no period to come (%s)",
    async (prorationBehavior) => {
      const { subscriptionId, itemId } = await licensed();
      await stripe.cancelAtPeriodEnd(subscriptionId, bounded);
      const at = local.clock.now();
      const change = { subscriptionId, item: { id: itemId }, quantity: 3, prorationBehavior, at };
      const { prorations, nextInvoice } = value(await stripe.previewInvoice(change, bounded));
      if (prorationBehavior === "create_prorations") expect(nextInvoice?.amount).toBe(prorations);
      else expect(nextInvoice).toBeNull();
      expect(prorations > 0).toBe(prorationBehavior !== "none");
    },
  );

  const preview = async (behavior: "create_prorations" | "always_invoice" | "none") => {
    const { itemId, subscriptionId } = await licensed();
    await stripe.setQuantity(
      { ...request(itemId, 2), prorationBehavior: behavior },
      `preview ${itemId}`,
      bounded,
    );
    const at = local.clock.now();
    const change = { subscriptionId, item: { id: itemId }, quantity: 5, prorationBehavior: behavior, at };
    const shown = value(await stripe.previewInvoice(change, bounded));
    await sdk.subscriptionItems.update(itemId, { quantity: 5, proration_behavior: behavior });
    return { shown, subscriptionId, itemId };
  };
  const ofPeriod = 9_900 + 5 * 1_200;

  it.each(["create_prorations", "always_invoice", "none"] as const)(
    "is what %s then bills",
    async (behavior) => {
      const { shown, subscriptionId: subscription } = await preview(behavior);
      const before = (await sdk.invoices.list({ subscription })).data;
      const upcoming = await sdk.invoices.createPreview({ subscription });
      expect(shown.currency).toBe("usd");
      expect(shown.nextInvoice?.at).toBe(upcoming.period_end * 1000);
      expect(Math.abs((shown.nextInvoice?.amount ?? 0) - upcoming.amount_due)).toBeLessThanOrEqual(1);
      expect(shown.dueNow).toBe(behavior === "always_invoice" ? shown.prorations : 0);
      expect(before.length).toBe(behavior === "always_invoice" ? 3 : 1);
      if (behavior === "always_invoice")
        expect(Math.abs((before[0]?.amount_paid ?? 0) - shown.dueNow)).toBeLessThan(2);
      if (behavior !== "none") expect(shown.prorations).toBeGreaterThan(3 * 1_200 - 3);
      if (behavior !== "create_prorations")
        expect(shown.nextInvoice?.amount).toBeGreaterThanOrEqual(ofPeriod);
    },
  );
});

describe("a webhook", () => {
  const signed = (payload: string, now: number, key: string = secret.webhookSecret) =>
    Stripe.webhooks.generateTestHeaderString({ payload, secret: key, timestamp: Math.floor(now / 1000) });
  const event = (type: string, data: object) => JSON.stringify({ id: "evt_1", object: "event", type, data });
  const verify = (body: string, signature: string, now: number): ReturnType<Gateway["verifyWebhook"]> =>
    stripe.verifyWebhook(Buffer.from(body), signature, now);

  it("is verified on its raw body, by the secret, within 300 s", async () => {
    const body = event("customer.subscription.updated", {
      object: { object: "subscription", customer: "cus_1" },
    });
    const now = local.clock.now();
    expect(await verify(body, signed(body, now), now)).toEqual({
      ok: true,
      event: { id: "evt_1", type: "customer.subscription.updated", customerId: "cus_1" },
    });
    for (const wrong of [
      verify(`${body} `, signed(body, now), now),
      verify(body, signed(body, now, "whsec_other"), now),
      verify(body, signed(body, now - 302_000), now),
      verify(body, "", now),
      verify(body, "t=1,v1=00", now),
      verify("{", signed("{", now), now),
    ])
      expect(await wrong).toEqual({ ok: false, reason: expect.any(String) });
  });

  it.each<[string, object, string | null]>([
    ["a customer", { object: { object: "customer", id: "cus_2" } }, "cus_2"],
    [
      "what belongs to one, written out",
      { object: { object: "invoice", customer: { id: "cus_3" } } },
      "cus_3",
    ],
    [
      "a payment method that was just detached",
      { object: { object: "payment_method", customer: null }, previous_attributes: { customer: "cus_4" } },
      "cus_4",
    ],
    ["nobody", { object: { object: "balance" } }, null],
  ])("about %s names the customer", async (_, data, customerId) => {
    const body = event("some.event", data);
    const now = local.clock.now();
    expect(await verify(body, signed(body, now), now)).toMatchObject({ ok: true, event: { customerId } });
  });

  it("goes to the route of the template, and is told to the developer", async () => {
    await subscribed();
    await expect.poll(async () => (await seen()).webhooks.waiting, { timeout: 10_000 }).toBe(0);
    const { attempts } = (await seen()).webhooks;
    expect(attempts.length).toBeGreaterThan(5);
    expect(new Set(attempts.map(({ status }: { status: number }) => status))).toEqual(new Set([200]));
  });
});

describe("Stripe's key", () => {
  /** Puts another one into Secrets Manager. */
  const hold = (name: string, text: string) =>
    writeFileSync(join(local.stateDir, "parameters.json"), JSON.stringify({ [name]: text }));
  const read = (name: string) => {
    process.env.STRIPE_SECRET = name;
    return stripe.readCustomer("cus_none", bounded);
  };
  const known = { ok: false, status: 404, code: "resource_missing" };
  const [old = "", current = ""] = [{ ...secret, apiKey: "sk_test_old" }, secret].map((one) =>
    JSON.stringify(one),
  );
  afterEach(() => {
    vi.useRealTimers();
    process.env.STRIPE_SECRET = NAME;
  });

  it("is rotated without a deploy: read anew when Stripe refuses it", async () => {
    hold("refused", old);
    expect(await read("refused")).toMatchObject({ ok: false, status: 401 });
    hold("refused", current);
    expect(await read("refused")).toMatchObject(known);
  });

  it("is rotated without a deploy: read anew after five minutes, and not before", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    hold("rotated", current);
    expect(await read("rotated")).toMatchObject(known);
    hold("rotated", old);
    vi.setSystemTime(Date.now() + 295_000);
    expect(await read("rotated")).toMatchObject(known);
    vi.setSystemTime(Date.now() + 10_000);
    expect(await read("rotated")).toMatchObject({ ok: false, status: 401 });
  });

  it.each([
    ["cut", '{"apiKey": "sk_live_secret", "webhookSecret": "wh'],
    ["half", '{"apiKey": "sk_live_secret"}'],
    ["bare", "sk_live_secret"],
  ])("is in no message, where the secret isn't what it must be (%s)", async (name, text) => {
    hold(name, text);
    const answer = await read(name);
    expect(answer).toMatchObject({ ok: false, status: null, message: expect.stringContaining("must be") });
    expect(JSON.stringify(answer)).not.toContain("sk_live");
  });
});
