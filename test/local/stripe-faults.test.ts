/** What goes wrong with the local Stripe on purpose, as the SDK meets it; and what it knows after a kill. */
import { appendFileSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Faults } from "../../infra/local/stripe/faults.ts";
import { type OwnStripe, type Subscribed, startStripe } from "./local-stripe.ts";

let own: OwnStripe;
let acme: Subscribed;
beforeAll(async () => {
  own = await startStripe();
  acme = await own.subscribe(1);
});
afterEach(() => faults({}));
afterAll(() => own.remove());

function faults(some: Partial<Faults>) {
  own.stripe.faults.set(Faults.parse(some));
}
const set = (quantity: number, options: object = {}) =>
  own.sdk.subscriptionItems.update(acme.item, { quantity }, options);
const quantity = async () => (await own.sdk.subscriptionItems.retrieve(acme.item)).quantity;
const nothing = expect.objectContaining({ type: "StripeConnectionError", statusCode: undefined });

describe("on purpose, Stripe", () => {
  it("is down: nothing is answered and nothing happens, until it is up again", async () => {
    const before = await quantity();
    faults({ down: true });
    await expect(set(100)).rejects.toThrow(nothing);
    await expect(quantity()).rejects.toThrow(nothing);
    faults({});
    expect(await quantity()).toBe(before);
  });

  it("drops a request, which the SDK sends once more by itself; two are too many", async () => {
    faults({ drop: 1 });
    expect((await set(2)).quantity).toBe(2);
    faults({ drop: 2 });
    await expect(set(3)).rejects.toThrow(nothing);
    expect(await quantity()).toBe(2);
  });

  it("loses answers: it is done, the SDK asks again with the same key, and is told so again", async () => {
    faults({ lose: 1 });
    const answer = await set(4, { idempotencyKey: "lost" });
    expect(answer.lastResponse.headers["idempotent-replayed"]).toBe("true");
    faults({ lose: 2 });
    await expect(set(5)).rejects.toThrow(nothing);
    expect(await quantity()).toBe(5);
  });

  it("is slow: whoever doesn't wait knows nothing, and it is done", async () => {
    faults({ slow: 200 });
    await expect(set(6, { timeout: 50 })).rejects.toThrow(nothing);
    faults({});
    await expect.poll(quantity).toBe(6);
  });

  it("fails with 500 after it has done it, or before", async () => {
    faults({ failApplied: 1 });
    await expect(set(7)).rejects.toMatchObject({ statusCode: 500, rawType: "api_error" });
    expect(await quantity()).toBe(7);
    faults({ failUnapplied: 1 });
    await expect(set(8)).rejects.toMatchObject({ statusCode: 500 });
    expect(await quantity()).toBe(7);
  });

  it("is unwell in one route only", async () => {
    faults({ down: true, route: "POST /v1/subscription_items/{id}" });
    await expect(set(9)).rejects.toThrow(nothing);
    expect(await quantity()).toBe(7);
  });
});

describe("after a kill, Stripe", () => {
  const journal = () => own.stripe.file;

  it("knows what it has answered, whole, and forgets what was half written", async () => {
    const [answered] = [await set(30)];
    const before = await own.sdk.subscriptions.retrieve(acme.subscription);
    appendFileSync(journal(), '[["subscription","sub_half",{"id":"sub_h');
    await own.restart();
    expect(await own.sdk.subscriptions.retrieve(acme.subscription)).toEqual(before);
    expect(await quantity()).toBe(answered?.quantity);
    await expect(own.sdk.subscriptions.retrieve("sub_half")).rejects.toMatchObject({ statusCode: 404 });
    await set(31);
    await own.restart();
    expect(await quantity()).toBe(31);
  });

  it("does what came due while nobody was there", async () => {
    const { customer, subscription } = await own.subscribe(1);
    const [, end] = [customer, (await own.sdk.subscriptions.retrieve(subscription)).items.data[0]];
    own.clock.advance("P2M");
    await own.restart();
    const invoices = await own.sdk.invoices.list({ subscription });
    expect(invoices.data.length).toBe(3);
    expect(invoices.data[1]?.created).toBe(end?.current_period_end);
  });

  it("keeps a journal that says each thing once", async () => {
    await own.restart();
    expect(readFileSync(journal(), "utf8").trim().split("\n").length).toBe(1);
  });
});
