/** The local Stripe through Stripe's own SDK: as strict as Stripe is, and with amounts to the cent. */
import { readFileSync } from "node:fs";
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSchemas } from "../../infra/local/stripe/make-schemas.ts";
import { type OwnStripe, type Subscribed, sdkFor, startStripe } from "./local-stripe.ts";

let own: OwnStripe;
let acme: Subscribed;
beforeAll(async () => {
  own = await startStripe();
  acme = await own.subscribe(2);
});
afterAll(() => own.remove());

const refusal = (statusCode: number, more: object = {}) => expect.objectContaining({ statusCode, ...more });
const update = (params: object) => own.sdk.subscriptionItems.update(acme.item, params);

describe("the local Stripe is strict", () => {
  it("its schemas are those of the installed SDK", { timeout: 60_000 }, () => {
    const kept = readFileSync(new URL("../../infra/local/stripe/schemas.json", import.meta.url), "utf8");
    expect(kept, "make them anew: node infra/local/stripe/make-schemas.ts").toBe(makeSchemas());
  });

  it.each<[string, object, object]>([
    ["a parameter that there isn't", { quantiti: 3 }, { code: "parameter_unknown", param: "quantiti" }],
    ["a number that is none", { quantity: "three" }, { param: "quantity" }],
    ["a choice that there isn't", { proration_behavior: "always" }, { param: "proration_behavior" }],
    ["a parameter that it does nothing about", { tax_rates: ["txr_1"] }, { param: "tax_rates.*" }],
  ])("and refuses %s", async (_, params, more) => {
    await expect(update(params)).rejects.toThrow(refusal(400, { rawType: "invalid_request_error", ...more }));
  });

  it("names what is missing, and what is unknown inside of something", async () => {
    const create = own.sdk.checkout.sessions.create({ mode: "subscription", customer: acme.customer });
    await expect(create).rejects.toThrow(refusal(400, { code: "parameter_missing", param: "line_items" }));
    const address = { city: "Bonn", zip: "53111" } as Stripe.AddressParam;
    await expect(own.sdk.customers.create({ address })).rejects.toThrow(
      refusal(400, { code: "parameter_unknown", param: "address[zip]" }),
    );
  });

  it("refuses a wrong key, another version of the API, and what it doesn't have", async () => {
    const { url } = own.stripe;
    await expect(sdkFor(url, "sk_test_other").customers.retrieve(acme.customer)).rejects.toThrow(
      refusal(401),
    );
    const other = own.sdk.customers.retrieve(acme.customer, {}, { apiVersion: "2020-08-27" });
    await expect(other).rejects.toThrow(refusal(400));
    await expect(own.sdk.refunds.list()).rejects.toThrow(refusal(404));
    for (const lookUp of [
      own.sdk.customers.retrieve("cus_none"),
      own.sdk.subscriptions.retrieve("sub_none"),
      own.sdk.subscriptionItems.update("si_none", { quantity: 1 }),
    ])
      await expect(lookUp).rejects.toThrow(refusal(404, { code: "resource_missing" }));
  });

  it("starts no checkout with a quantity of 0, though an item may come to it", async () => {
    const line_items = [{ price: "price_license_monthly", quantity: 0 }];
    const params = { mode: "subscription", customer: acme.customer, line_items } as const;
    await expect(own.sdk.checkout.sessions.create(params)).rejects.toThrow(
      refusal(400, { code: "parameter_invalid_integer", param: "line_items[0][quantity]" }),
    );
    expect((await update({ quantity: 0 })).quantity).toBe(0);
  });

  it("takes a price only once, and prices of one rhythm only", async () => {
    const add = (price: string) =>
      own.sdk.subscriptionItems.create({ subscription: acme.subscription, price, quantity: 1 });
    await expect(add("price_license_monthly")).rejects.toThrow(/multiple subscription items/);
    await expect(add("price_license_annual")).rejects.toThrow(/interval/);
  });
});

describe("the local Stripe bills", () => {
  const invoices = async ({ subscription }: Subscribed) =>
    (await own.sdk.invoices.list({ subscription })).data;

  it("the first period at once, and then each period with what has changed in the one before", async () => {
    const business = await own.subscribe(2);
    const [first] = await invoices(business);
    expect(first).toMatchObject({ total: 9_900 + 2 * 1_200, status: "paid" });
    const { current_period_start: start, current_period_end: end } = await own.sdk.subscriptionItems.retrieve(
      business.item,
    );
    own.clock.advance("P10D");
    await own.sdk.subscriptionItems.update(business.item, { quantity: 5 });
    own.clock.advance("P1M");
    const [second] = await invoices(business);
    expect(second).toMatchObject({ billing_reason: "subscription_cycle", status: "paid", period_end: end });
    const prorated = (second?.total ?? 0) - 9_900 - 5 * 1_200;
    const left = (end - start - 10 * 24 * 3_600) / (end - start);
    expect(Math.abs(prorated - 3 * 1_200 * left)).toBeLessThanOrEqual(1);
  });

  it("previews to the cent what the next invoice then is, and changes nothing by it", async () => {
    const business = await own.subscribe(1);
    const at = Math.floor(own.clock.now() / 1000);
    const items = [{ id: business.item, quantity: 4 }];
    const preview = await own.sdk.invoices.createPreview({
      subscription: business.subscription,
      subscription_details: { items, proration_behavior: "create_prorations", proration_date: at },
    });
    const { quantity } = await own.sdk.subscriptionItems.retrieve(business.item);
    expect([quantity, (await invoices(business)).length]).toEqual([1, 1]);
    await own.sdk.subscriptionItems.update(business.item, { quantity: 4, proration_date: at });
    own.clock.advance("P1M");
    const [next] = await invoices(business);
    expect(next?.total).toBe(preview.total);
  });

  it("nothing for a quantity that stays as it is", async () => {
    const business = await own.subscribe(3);
    const same = { quantity: 3, proration_behavior: "always_invoice" } as const;
    await own.sdk.subscriptionItems.update(business.item, same);
    expect((await invoices(business)).length).toBe(1);
  });

  it("gives what an invoice below zero leaves to the next one", async () => {
    const business = await own.subscribe(10);
    const fewer = { quantity: 1, proration_behavior: "always_invoice" } as const;
    await own.sdk.subscriptionItems.update(business.item, fewer);
    const [credit] = await invoices(business);
    const { balance } = (await own.sdk.customers.retrieve(business.customer)) as Stripe.Customer;
    expect([credit?.total, credit?.amount_due, balance]).toEqual([-9 * 1_200, 0, -9 * 1_200]);
    own.clock.advance("P1M");
    const [next] = await invoices(business);
    expect(next).toMatchObject({ total: 9_900 + 1_200, amount_due: 9_900 + 1_200 - 9 * 1_200 });
  });

  it("ends a subscription with its period when it was told to, and bills nothing more", async () => {
    const business = await own.subscribe(1);
    const told = await own.sdk.subscriptions.update(business.subscription, { cancel_at_period_end: true });
    expect(told.cancel_at).toBe(told.items.data[0]?.current_period_end);
    own.clock.advance("P1M");
    const { status, ended_at } = await own.sdk.subscriptions.retrieve(business.subscription);
    expect([status, ended_at, (await invoices(business)).length]).toEqual(["canceled", told.cancel_at, 1]);
    await expect(own.sdk.subscriptionItems.update(business.item, { quantity: 2 })).rejects.toThrow(
      refusal(400),
    );
  });

  it("charges nothing while collection is paused", async () => {
    const business = await own.subscribe(1);
    await own.sdk.subscriptions.update(business.subscription, { pause_collection: { behavior: "void" } });
    own.clock.advance("P1M");
    expect((await invoices(business))[0]).toMatchObject({ status: "void", amount_paid: 0 });
    const resumed = await own.sdk.subscriptions.update(business.subscription, { pause_collection: "" });
    expect(resumed.pause_collection).toBeNull();
  });
});

describe("a Checkout that nobody pays", () => {
  it("runs out after a day: it is listed as expired, without its link, and can't be paid any more", async () => {
    const { customer } = await own.subscribe(1);
    const open = await own.sdk.checkout.sessions.create({
      ...{ mode: "subscription", customer, success_url: "https://app.example.com/billing" },
      line_items: [{ price: "price_plan_monthly", quantity: 1 }],
    });
    own.clock.advance("PT23H");
    expect(await own.sdk.checkout.sessions.retrieve(open.id)).toMatchObject({
      status: "open",
      url: open.url,
    });
    own.clock.advance("PT1H");
    const { data } = await own.sdk.checkout.sessions.list({ customer });
    expect(data.find(({ id }) => id === open.id)).toMatchObject({ status: "expired", url: null });
    expect(() => own.stripe.checkout(open.id, "pm_card_visa")).toThrow("no longer open");
  });
});

describe("a card that declines", () => {
  const always = { quantity: 3, proration_behavior: "always_invoice" } as const;

  it("leaves a checkout open, and starts nothing", async () => {
    await expect(own.subscribe(1, "pm_card_chargeDeclined")).rejects.toThrow("declined");
    await expect(own.subscribe(1, "pm_card_chargeCustomerFail")).rejects.toThrow("declined");
  });

  it("is 402 and changes nothing with error_if_incomplete; without, the change is past due", async () => {
    const business = await own.subscribe(1);
    own.stripe.card(business.customer, "pm_card_chargeCustomerFail");
    const strict = { ...always, payment_behavior: "error_if_incomplete" } as const;
    await expect(own.sdk.subscriptionItems.update(business.item, strict)).rejects.toThrow(
      refusal(402, { rawType: "card_error", code: "card_declined", decline_code: "generic_decline" }),
    );
    expect((await own.sdk.subscriptionItems.retrieve(business.item)).quantity).toBe(1);
    await own.sdk.subscriptionItems.update(business.item, always);
    const { status, items } = await own.sdk.subscriptions.retrieve(business.subscription);
    expect([status, items.data.at(-1)?.quantity]).toEqual(["past_due", 3]);
  });

  it("makes a subscription past due at the end of its period, until another card pays", async () => {
    const business = await own.subscribe(1);
    own.stripe.card(business.customer, "pm_card_chargeCustomerFail");
    own.clock.advance("P1M");
    const status = async () => (await own.sdk.subscriptions.retrieve(business.subscription)).status;
    expect(await status()).toBe("past_due");
    own.stripe.card(business.customer, "pm_card_visa");
    own.clock.advance("P1D");
    expect(await status()).toBe("active");
  });
});

describe("Stripe's limits for each subscription", () => {
  it("200 quantity updates an hour, and then 429, which no key keeps", async () => {
    const { item } = await own.subscribe(1);
    const set = (quantity: number, idempotencyKey?: string) =>
      own.sdk.subscriptionItems.update(item, { quantity }, idempotencyKey ? { idempotencyKey } : {});
    for (let quantity = 2; quantity <= 201; quantity += 1) await set(quantity);
    await expect(set(300, "the 201st")).rejects.toThrow(refusal(429, { code: "rate_limit" }));
    expect((await set(201)).quantity).toBe(201);
    own.clock.advance("PT1H");
    expect((await set(300, "the 201st")).quantity).toBe(300);
  });

  it("20 invoices a day", async () => {
    const { item } = await own.subscribe(1);
    const set = (quantity: number) =>
      own.sdk.subscriptionItems.update(item, { quantity, proration_behavior: "always_invoice" });
    for (let quantity = 2; quantity <= 20; quantity += 1) {
      await set(quantity);
      own.clock.advance("PT1M");
    }
    await expect(set(30)).rejects.toThrow(refusal(429));
    own.clock.advance("P1D");
    expect((await set(30)).quantity).toBe(30);
  });
});
