/** A local Stripe by itself, with the real SDK before it, for one test file. */
import Stripe from "stripe";
import { type Clock, openClock } from "../../infra/local/clock.ts";
import { openState } from "../../infra/local/state.ts";
import { secret } from "../../infra/local/stripe/secret.ts";
import { type LocalStripe, openStripe } from "../../infra/local/stripe/stripe.ts";
import { apiVersion } from "../../shared/billing/gateway.ts";
import { temporaryFolder } from "./assembly.ts";

export interface OwnStripe {
  stripe: LocalStripe;
  sdk: Stripe;
  clock: Clock;
  /** Ends it as a kill does, and starts another one on what it left. */
  restart(): Promise<void>;
  /** A customer with a plan and licenses, by the month, paid by a good card. */
  subscribe(licenses?: number, card?: string): Promise<Subscribed>;
  remove(): Promise<void>;
}

export interface Subscribed {
  customer: string;
  subscription: string;
  /** The item of the licenses. */
  item: string;
}

export async function startStripe(webhooks?: () => string | undefined): Promise<OwnStripe> {
  const folder = temporaryFolder();
  const state = openState(folder.path);
  const clock = openClock(state);
  const options = { state, clock, pages: "http://localhost:3000", webhooks: webhooks ?? (() => undefined) };
  const stripe = await openStripe(options);
  const own: OwnStripe = {
    stripe,
    sdk: sdkFor(stripe.url),
    clock,
    async restart() {
      await own.stripe.close();
      own.stripe = await openStripe(options);
      own.stripe.resume();
      own.sdk = sdkFor(own.stripe.url);
    },
    async subscribe(licenses = 1, card = "pm_card_visa") {
      const { id: customer } = await own.sdk.customers.create({ name: "Acme" });
      const session = await own.sdk.checkout.sessions.create({
        ...{ mode: "subscription", customer, success_url: "https://app.example.com/billing" },
        line_items: [
          { price: "price_plan_monthly", quantity: 1 },
          { price: "price_license_monthly", quantity: licenses },
        ],
      });
      const { subscription } = own.stripe.checkout(session.id, card);
      const { id, items } = await own.sdk.subscriptions.retrieve(subscription as string);
      const item = items.data.find(({ price }) => price.id === "price_license_monthly")?.id ?? "";
      return { customer, subscription: id, item };
    },
    async remove() {
      await own.stripe.close();
      folder.remove();
    },
  };
  return own;
}

export function sdkFor(url: string, apiKey: string = secret.apiKey): Stripe {
  const { hostname: host, port } = new URL(url);
  return new Stripe(apiKey, { apiVersion, host, port, protocol: "http", maxNetworkRetries: 0 });
}
