/**
 * Stripe's SDK with the key that Secrets Manager holds, which is read anew every five minutes: a key is rotated by
 * putting another one there. STRIPE_SECRET names the secret: `{"apiKey": "sk_…", "webhookSecret": "whsec_…"}`.
 */
import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import Stripe from "stripe";
import { apiVersion } from "./gateway.ts";
import type { StripeClient } from "./stripe-resources.ts";

export interface Secret {
  readonly apiKey: string;
  readonly webhookSecret: string;
}

const maxAge = 300;

let secrets: SecretsProvider | undefined;
let reading: Promise<Secret> | undefined;

/** The keys. Whoever comes while they are being read waits for that read. */
export function readSecret(): Promise<Secret> {
  reading ??= read().finally(() => {
    reading = undefined;
  });
  return reading;
}

async function read(): Promise<Secret> {
  const name = process.env.STRIPE_SECRET;
  if (!name) throw new Error("STRIPE_SECRET is not set");
  secrets ??= new SecretsProvider({
    awsSdkV3Client: new SecretsManagerClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 },
    }),
  });
  const text = await secrets.get(name, { maxAge });
  const { apiKey, webhookSecret } = parse(String(text));
  if (typeof apiKey === "string" && typeof webhookSecret === "string") return { apiKey, webhookSecret };
  throw new Error(`The secret ${name} must be {"apiKey": "sk_…", "webhookSecret": "whsec_…"}`);
}

/** The next read asks Secrets Manager again: what it said before has been refused. */
export function forgetSecret(): void {
  secrets?.clearCache();
}

/** What a parser says of a text that it can't read quotes it, and this one is a secret. */
function parse(text: string): Partial<Record<keyof Secret, unknown>> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

let made: { readonly apiKey: string; readonly client: StripeClient } | undefined;

/** Has the client made while its first caller is busy with other things. Fails at nothing: who asks it is told. */
export function prepareClient(): void {
  stripeClient().catch(() => {});
}

/** The client is kept for warm calls, until the key changes. */
export async function stripeClient(): Promise<StripeClient> {
  const { apiKey } = await readSecret();
  if (made?.apiKey !== apiKey) made = { apiKey, client: new Stripe(apiKey, { ...options, ...address() }) };
  return made.client;
}

/** Retries are the license protocol's own. */
const options = { apiVersion, maxNetworkRetries: 0, telemetry: false } as const;

/** Where Stripe is, if it isn't where the SDK thinks: the local run has one of its own. */
function address(): Pick<Stripe.StripeConfig, "host" | "port" | "protocol"> {
  if (!process.env.STRIPE_API_BASE) return {};
  const { hostname: host, port, protocol } = new URL(process.env.STRIPE_API_BASE);
  return { host, port, protocol: protocol === "http:" ? "http" : "https" };
}
