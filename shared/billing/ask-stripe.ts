/** One request to Stripe by its SDK, whose outcome is an answer whatever happens. */
import Stripe from "stripe";
import type { Answer, Bounded, Refused } from "./gateway.ts";
import { forgetSecret, stripeClient } from "./stripe-client.ts";
import type { StripeClient } from "./stripe-resources.ts";

export type Request<Value> = (
  stripe: StripeClient,
  options: Stripe.RequestOptions,
) => Promise<Stripe.Response<Value>>;

/**
 * Asks, and reads what was answered. The SDK's timeout counts from the moment that it is connected and starts anew
 * with every byte, hence the clock beside it. It repeats a request whose connection was closed, once, with the same
 * key: so may we.
 */
export async function ask<Value, Result>(
  { within }: Bounded,
  request: Request<Value>,
  read: (value: Value) => Result,
): Promise<Answer<Result>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Refused>((resolve) => {
    timer = setTimeout(() => resolve(unheard(`Stripe gave no answer in ${within} ms`)), within);
  });
  const answer = send(Math.max(1, Math.floor(within)), request, read).catch(refusalOf);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

async function send<Value, Result>(
  timeout: number,
  request: Request<Value>,
  read: (value: Value) => Result,
): Promise<Answer<Result>> {
  const value = await request(await stripeClient(), { timeout });
  const { headers, requestId } = value.lastResponse;
  return { ok: true, value: read(value), replayed: isReplayed(headers), requestId };
}

function refusalOf(error: unknown): Refused {
  if (!(error instanceof Stripe.errors.StripeError)) return unheard(String(error));
  const { statusCode, rawType, code, message, requestId, headers } = error;
  if (statusCode === undefined) return unheard(message);
  if (statusCode === 401) forgetSecret();
  return {
    ok: false,
    status: statusCode,
    replayed: isReplayed(headers),
    type: rawType ?? null,
    code: code ?? null,
    message,
    requestId: requestId ?? null,
  };
}

const isReplayed = (headers: Readonly<Record<string, string>> | undefined): boolean =>
  headers?.["idempotent-replayed"] === "true";

function unheard(message: string): Refused {
  return { ok: false, status: null, replayed: false, type: null, code: null, message, requestId: null };
}
