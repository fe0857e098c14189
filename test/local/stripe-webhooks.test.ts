/** The local Stripe's webhooks: signed so that the SDK takes them, delivered twice, late, out of order, and again. */
import { createServer, type Server } from "node:http";
import Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { close, listen, readBody } from "../../infra/local/http.ts";
import { Faults } from "../../infra/local/stripe/faults.ts";
import { secret } from "../../infra/local/stripe/secret.ts";
import { type OwnStripe, startStripe } from "./local-stripe.ts";

interface Got {
  body: string;
  signature: string;
  event: Stripe.Event;
}

let own: OwnStripe;
let server: Server;
let got: Got[] = [];
/** What the one who listens answers. */
let status = 200;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = (await readBody(request))?.toString() ?? "";
    got.push({ body, signature: String(request.headers["stripe-signature"]), event: JSON.parse(body) });
    response.writeHead(status).end();
  });
  const url = `http://127.0.0.1:${await listen(server)}/webhooks/stripe`;
  own = await startStripe(() => url);
});
beforeEach(() => {
  got = [];
  status = 200;
});
afterAll(async () => {
  await own.remove();
  await close(server);
});

const delivered = () =>
  expect
    .poll(() => own.stripe.store.imagine((change) => change.all("delivery")), { timeout: 10_000 })
    .toEqual([]);

describe("a webhook", () => {
  it("is taken by the SDK, by its raw body, its signature and its age", async () => {
    await own.sdk.customers.create({ name: "Acme" });
    await delivered();
    const [{ body, signature }] = got as [Got];
    const take = (text: string, at = own.clock.now(), key: string = secret.webhookSecret) =>
      Stripe.webhooks.constructEvent(text, signature, key, 300, undefined, at);
    expect(take(body)).toMatchObject({ type: "customer.created", data: { object: { name: "Acme" } } });
    expect(() => take(body.replace("Acme", "Evil"))).toThrow("signature");
    expect(() => take(body, own.clock.now(), "whsec_other")).toThrow("signature");
    expect(() => take(body, own.clock.now() + 302_000)).toThrow("Timestamp outside");
  });

  it("comes twice, and some come before those that happened earlier", async () => {
    const { subscription } = await own.subscribe(1);
    const created = (await own.sdk.events.list({ limit: 100 })).data;
    for (let quantity = 2; quantity <= 12; quantity += 1)
      await own.sdk.subscriptions.update(subscription, { metadata: { quantity } });
    await delivered();
    const ids = got.map(({ event }) => event.id);
    const updates = got.filter(({ event }) => event.type === "customer.subscription.updated");
    for (const id of new Set(ids)) expect(ids.filter((one) => one === id).length, id).toBe(2);
    expect(updates.length).toBe(22);
    const told = updates.map(({ event }) =>
      Number((event.data.object as Stripe.Subscription).metadata.quantity),
    );
    expect(told).not.toEqual([...told].sort((one, other) => one - other));
    expect(created.length).toBeGreaterThan(0);
  });

  it("tells of a subscription's whole life", async () => {
    const { subscription, customer } = await own.subscribe(1);
    own.stripe.card(customer, "pm_card_chargeCustomerFail");
    own.clock.advance("P1M");
    await own.sdk.subscriptions.cancel(subscription);
    await delivered();
    const types = new Set(got.map(({ event }) => event.type));
    expect([...types]).toEqual(
      expect.arrayContaining([
        ...["customer.created", "checkout.session.completed", "customer.subscription.created"],
        ...["invoice.paid", "invoice.payment_failed", "payment_method.attached", "customer.updated"],
        ...["customer.subscription.updated", "customer.subscription.deleted"],
      ]),
    );
  });

  it("that isn't answered 2xx comes again, later and later, with a signature of its own time", async () => {
    status = 500;
    await own.sdk.customers.create({ name: "Again" });
    await expect.poll(() => got.length, { timeout: 10_000 }).toBe(2);
    const [first] = got as [Got];
    status = 200;
    own.clock.advance("PT1M");
    await delivered();
    expect(got.length).toBe(4);
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
    expect(got.at(-1)?.signature).not.toBe(first.signature);
  });

  it("waits while nothing is delivered, and outlives the local Stripe's process", async () => {
    own.stripe.faults.set(Faults.parse({ silent: true }));
    const { id } = await own.sdk.customers.create({ name: "Waits" });
    own.clock.advance("PT1M");
    for (let look = 0; look < 10; look += 1) await own.sdk.customers.retrieve(id);
    expect(got).toEqual([]);
    await own.restart();
    await delivered();
    expect(got.map(({ event }) => (event.data.object as Stripe.Customer).id)).toEqual([id, id]);
  });

  it("can be sent again as often as somebody likes", async () => {
    await own.sdk.customers.create({ name: "Often" });
    await delivered();
    const [{ event }] = got as [Got];
    own.stripe.resend(event.id, 1_000);
    await delivered();
    expect(got.length).toBe(1_002);
  });
});
