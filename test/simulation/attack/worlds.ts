import type { Subscription } from "../../../shared/billing/gateway.ts";
import type { Item } from "../expressions.ts";

/** A world as every schedule finds it: what is in the table and at Stripe, and who there is. */
export interface World {
  readonly items: readonly (readonly [string, Item])[];
  readonly subscriptions: readonly Subscription[];
  readonly customers: readonly string[];
  readonly businessId: string;
  readonly userIds: readonly string[];
}

/** The begun worlds, by whether they are subscribed: made once, the same ones whatever bug is planted later. */
export const worlds = new Map<boolean, World>();
