/** What every request of the local Stripe is carried out with, and what a route is. */
import { randomBytes } from "node:crypto";
import type Stripe from "stripe";
import { apiVersion } from "../../../shared/billing/gateway.ts";
import { deliveriesOf } from "./delivery.ts";
import type { Requests, Route } from "./requests.ts";
import type { Change } from "./store.ts";

/** A change of Stripe's state at a moment, in seconds. */
export interface Moment {
  readonly change: Change;
  readonly now: number;
  /** Whose doing it is; null where it is Stripe's own, at the end of a period. */
  readonly request: Stripe.Event.Request | null;
  /** Every payment is declined, whatever the card. */
  readonly declines: boolean;
  /** How often each event is delivered; 0 where nobody listens. */
  readonly copies: number;
  /** Where the pages of the run are. */
  readonly pages: string;
}

export interface Call<R extends Route> extends Moment {
  readonly params: Requests[R];
  /** The id in the path, where there is one. */
  readonly id: string;
}

export interface Answering<R extends Route> {
  /** The parameters that it does something about. Any other is refused, so that nothing is silently dropped. */
  readonly honours: readonly string[];
  run(call: Call<R>): object;
  /** Nothing of it happens. */
  readonly imagined?: true;
}

export type Routes<R extends Route = Route> = { readonly [Name in R]: Answering<Name> };

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export function newId(prefix: string): string {
  return `${prefix}_${[...randomBytes(24)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}

/** Tells whoever listens of an object as it is now. */
export function emit(
  { change, now, request, copies }: Moment,
  type: Stripe.Event.Type,
  object: object,
): void {
  const event: Stripe.EventBase = {
    ...{ id: newId("evt"), object: "event", api_version: apiVersion, created: now, type, request },
    ...{ livemode: false, pending_webhooks: copies > 0 ? 1 : 0 },
    data: { object: object as Stripe.Event.Data.Object },
  };
  change.put("event", event);
  for (const delivery of deliveriesOf(event.id, copies, now)) change.put("delivery", delivery);
}

/** Metadata is merged; an empty value removes a name, and an empty whole removes all. */
export function mergeMetadata(
  old: Stripe.Metadata | null,
  patch: Stripe.Emptyable<Stripe.MetadataParam> | undefined,
): Stripe.Metadata {
  if (patch === null || patch === "") return {};
  const merged = Object.entries({ ...old, ...patch }).filter(([, value]) => value !== "" && value !== null);
  return Object.fromEntries(merged.map(([name, value]) => [name, String(value)]));
}

/** A page of a list that has the newest first. */
export function page<T extends { id: string }>(
  all: readonly T[],
  url: string,
  { limit = 10, starting_after: after }: Stripe.PaginationParams,
): Stripe.ApiList<T> {
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const data = all.slice(from, from + limit);
  return { object: "list", data, has_more: from + limit < all.length, url };
}
