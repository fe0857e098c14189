import { key as keyOf } from "../../shared/table/schema.ts";
import { billing } from "../billing.ts";
import { runJobOn } from "../table/in-process.ts";
import { FakeStripe, type StripeMood } from "./fake-stripe.ts";
import { invite } from "./invitation-provokers.ts";
import type { MemoryTable } from "./memory-table.ts";
import { ask, boss, broken, now, type Provoke, type World } from "./world.ts";

/** The world where the deployment bills, and Stripe is in this mood. */
export function billed(mood: StripeMood = "well") {
  process.env.BILLING = JSON.stringify(billing);
  const stripe = new FakeStripe(() => now);
  stripe.mood = mood;
  return stripe;
}

/** The business has a customer at Stripe, and a subscription. */
export function subscribe(table: MemoryTable, businessId = ""): void {
  const { pk, sk } = keyOf.licenses(businessId);
  Object.assign(table.items.get(`${pk}\n${sk}`) ?? {}, {
    customer: { id: "cus_1", balance: 0, paymentMethodId: null },
    subscription: { id: "sub_1", itemId: "si_1", plan: "Monthly", status: "active" },
  });
}

/** Nobody may take a license more. */
async function full(world: World): Promise<void> {
  await ask(world.table, "licenses/limit-licenses", boss, { body: { seatLimit: 3 } });
}

const stripeUnavailable: Provoke = (world, key) => {
  const stripe = billed("down");
  if (key !== "licenses/begin-subscription") subscribe(world.table, world.ids.business);
  return ask(world.table, key, boss, { stripe });
};

/** Stripe's key is another account's, say. */
const stripeRefused: Provoke = (world, key) => {
  const stripe = billed("of another account");
  if (key !== "licenses/begin-subscription") subscribe(world.table, world.ids.business);
  return ask(world.table, key, boss, { stripe });
};

const tooManyRequests: Provoke = async (world, key) => {
  const stripe = billed("of another account");
  if (key !== "licenses/begin-subscription") subscribe(world.table, world.ids.business);
  for (let n = 0; n < 10; n += 1) {
    const { status } = await ask(world.table, key, boss, { stripe });
    if (status === 429) throw new Error(`${key} allows only ${n} a minute`);
  }
  return ask(world.table, key, boss, { stripe });
};

const noBilling: Provoke = ({ table }, key) => {
  process.env.BILLING = "null";
  return ask(table, key, boss);
};

const billingHeld: Provoke = ({ table }, key) => {
  process.env.BILLING = JSON.stringify({ ...billing, mode: "report" });
  return ask(table, key, boss);
};

const aDay = 24 * 60 * 60 * 1_000;

export const byLicense: Readonly<Record<string, Provoke>> = {
  "members/add-member license_limit_reached": async (world, key) => {
    await full(world);
    return ask(world.table, key, boss, { body: { userId: world.ids.outsider } });
  },
  "invitations/invite-member license_limit_reached": async (world, key) => {
    await full(world);
    return ask(world.table, key, boss);
  },
  "invitations/resend-invitation license_limit_reached": async (world, key) => {
    const { params } = await invite(world);
    await runJobOn(world.table, "jobs/expire-invitations", { now: now + aDay });
    await full(world);
    return ask(world.table, key, boss, { params, now: now + aDay + 1 });
  },
  "licenses/begin-subscription no_billing": noBilling,
  "licenses/begin-subscription billing_held": billingHeld,
  "licenses/begin-subscription already_subscribed": (world, key) => {
    const stripe = billed();
    subscribe(world.table, world.ids.business);
    return ask(world.table, key, boss, { stripe });
  },
  "licenses/begin-subscription stripe_unavailable": stripeUnavailable,
  "licenses/begin-subscription stripe_refused": stripeRefused,
  "licenses/begin-subscription too_many_requests": tooManyRequests,
  "licenses/end-subscription billing_held": billingHeld,
  "licenses/end-subscription no_subscription": ({ table }, key) => ask(table, key, boss),
  "licenses/open-billing-portal no_billing": noBilling,
  "licenses/open-billing-portal no_subscription": ({ table }, key) =>
    ask(table, key, boss, { stripe: billed() }),
  "licenses/open-billing-portal stripe_unavailable": stripeUnavailable,
  "licenses/open-billing-portal stripe_refused": stripeRefused,
  "licenses/open-billing-portal too_many_requests": tooManyRequests,
  "licenses/preview-licenses stripe_unavailable": stripeUnavailable,
  "licenses/preview-licenses stripe_refused": stripeRefused,
  "licenses/preview-licenses too_many_requests": tooManyRequests,
  "licenses/take-stripe-event busy": (_, key) => {
    const rawBody = JSON.stringify({ id: "evt_1", type: "invoice.paid", customerId: "cus_1" });
    const headers = { "stripe-signature": "genuine" };
    return ask(broken("ThrottlingException"), key, boss, { stripe: billed(), rawBody, headers });
  },
  "licenses/take-stripe-event invalid_signature": ({ table }, key) =>
    ask(table, key, boss, { stripe: billed(), rawBody: "{}", headers: { "stripe-signature": "forged" } }),
};
