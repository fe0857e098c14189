/** Idempotency keys of the local Stripe, as Stripe documents them: each line of its table, through the SDK. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Faults } from "../../infra/local/stripe/faults.ts";
import { type OwnStripe, type Subscribed, startStripe } from "./local-stripe.ts";

let own: OwnStripe;
let acme: Subscribed;
beforeAll(async () => {
  own = await startStripe();
  acme = await own.subscribe(1);
});
afterAll(() => own.remove());

const faults = (some: Partial<Faults>) => own.stripe.faults.set(Faults.parse(some));
const refusal = (statusCode: number, more: object = {}) => expect.objectContaining({ statusCode, ...more });
const replayed = { headers: expect.objectContaining({ "idempotent-replayed": "true" }) };
const fresh = { headers: expect.not.objectContaining({ "idempotent-replayed": "true" }) };
const set = (idempotencyKey: string, quantity: number, more: object = {}) =>
  own.sdk.subscriptionItems.update(acme.item, { quantity, ...more }, { idempotencyKey });
const quantity = async () => (await own.sdk.subscriptionItems.retrieve(acme.item)).quantity;

describe("a key is answered again", () => {
  it("what it was answered, with Idempotent-Replayed, and nothing is done again", async () => {
    const first = await set("again", 3);
    expect(first.lastResponse.headers["idempotent-replayed"]).toBeUndefined();
    await set("in between", 4);
    const second = await set("again", 3);
    expect(second).toEqual(first);
    expect(second.lastResponse.headers).toMatchObject({
      "idempotent-replayed": "true",
      "original-request": first.lastResponse.requestId,
    });
    expect(await quantity()).toBe(4);
  });

  it("a 500 too, whether or not it was carried out", async () => {
    faults({ failApplied: 1 });
    await expect(set("applied", 5)).rejects.toThrow(refusal(500, fresh));
    await expect(set("applied", 5)).rejects.toThrow(refusal(500, replayed));
    expect(await quantity()).toBe(5);
    faults({ failUnapplied: 1 });
    await expect(set("not applied", 6)).rejects.toThrow(refusal(500, fresh));
    await expect(set("not applied", 6)).rejects.toThrow(refusal(500, replayed));
    expect(await quantity()).toBe(5);
  });

  it("a declined card too, even when the card has become good", async () => {
    const strict = { proration_behavior: "always_invoice", payment_behavior: "error_if_incomplete" };
    faults({ decline: true });
    await expect(set("declined", 50, strict)).rejects.toThrow(refusal(402, fresh));
    faults({});
    await expect(set("declined", 50, strict)).rejects.toThrow(refusal(402, replayed));
    expect((await set("anew", 50, strict)).quantity).toBe(50);
  });

  it("for 24 hours; then it is a new request", async () => {
    await set("yesterday's", 7);
    await set("since", 8);
    own.clock.advance("PT23H");
    expect((await set("yesterday's", 7)).quantity).toBe(7);
    expect(await quantity()).toBe(8);
    own.clock.advance("PT1H");
    expect((await set("yesterday's", 7)).lastResponse.headers["idempotent-replayed"]).toBeUndefined();
    expect(await quantity()).toBe(7);
  });
});

describe("a key is refused", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["other parameters", () => set("mine", 11)],
    ["more parameters", () => set("mine", 10, { proration_behavior: "none" })],
    ["another path", () => own.sdk.customers.create({ name: "A" }, { idempotencyKey: "mine" })],
  ])("with %s: 400 idempotency_error", async (_, ask) => {
    await set("mine", 10);
    await expect(ask()).rejects.toThrow(refusal(400, { rawType: "idempotency_error" }));
    expect(await quantity()).toBe(10);
  });

  it("while the first request is still being carried out: 409, which is not kept", async () => {
    faults({ slow: 300 });
    const first = set("slow", 12);
    await expect(set("slow", 12)).rejects.toThrow(
      refusal(409, { rawType: "idempotency_error", code: "idempotency_key_in_use" }),
    );
    faults({});
    expect((await first).quantity).toBe(12);
    expect((await set("slow", 12)).lastResponse.headers["idempotent-replayed"]).toBe("true");
  });
});

describe("a key is not used up", () => {
  it("by parameters that are refused", async () => {
    const wrong = { proration_behavior: "sometimes" };
    await expect(set("corrected", 13, wrong)).rejects.toThrow(refusal(400, fresh));
    expect((await set("corrected", 13)).quantity).toBe(13);
  });

  it("by a 429", async () => {
    faults({ limited: 1 });
    await expect(set("later", 14)).rejects.toThrow(refusal(429, fresh));
    expect((await set("later", 14)).quantity).toBe(14);
  });

  it("by a wrong key of the API", async () => {
    const options = { idempotencyKey: "authorized", apiKey: "sk_test_other" };
    const ask = own.sdk.subscriptionItems.update(acme.item, { quantity: 15 }, options);
    await expect(ask).rejects.toThrow(refusal(401));
    expect((await set("authorized", 15)).quantity).toBe(15);
  });
});

it("keys outlive the local Stripe's process", async () => {
  const first = await set("outlives", 20);
  await own.restart();
  const second = await set("outlives", 20);
  expect(second.lastResponse.headers["original-request"]).toBe(first.lastResponse.requestId);
});
