/** Stripe's limits for each subscription: quantity updates an hour, invoices a minute and a day. */
import type { Moment } from "./call.ts";
import { limited } from "./problem.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

const limits = {
  updates: [{ most: 200, seconds: HOUR, what: "quantity updates an hour" }],
  invoices: [
    { most: 10, seconds: 60, what: "invoices a minute" },
    { most: 20, seconds: DAY, what: "invoices a day" },
  ],
} as const;

/** Counts one more, or refuses it to a request; what Stripe does by itself at a period's end is none. */
export function keepPace(
  { change, now, request }: Moment,
  subscriptionId: string,
  kind: keyof typeof limits,
): void {
  const pace = change.get("pace", subscriptionId) ?? { id: subscriptionId, updates: [], invoices: [] };
  const past = pace[kind].filter((at) => at > now - DAY);
  for (const { most, seconds, what } of limits[kind])
    if (request !== null && past.filter((at) => at > now - seconds).length >= most)
      throw limited(`Too many changes of ${subscriptionId}: Stripe takes ${most} ${what} per subscription.`);
  change.put("pace", { ...pace, [kind]: [...past, now] });
}
