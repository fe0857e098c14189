/** What is wrong with Stripe at the moment, on purpose: `POST /_local/stripe/faults` says it, and it ends with the run. */
import { z } from "zod";

const count = z.int().min(0).default(0);

export const Faults = z.strictObject({
  /** Connections are closed without a word. */
  down: z.boolean().default(false),
  /** Milliseconds until a request is carried out. */
  slow: z.int().min(0).max(120_000).default(0),
  /** So many requests more never arrive. */
  drop: count,
  /** So many requests more are carried out, but their answers get lost. */
  lose: count,
  /** So many requests more are answered 429, before they are looked at. */
  limited: count,
  /** So many writes more are answered 500, and carried out. */
  failApplied: count,
  /** So many writes more are answered 500, and not carried out. */
  failUnapplied: count,
  /** Every payment is declined, whatever the card. */
  decline: z.boolean().default(false),
  /** Webhooks are not delivered until this ends. */
  silent: z.boolean().default(false),
  /** Only requests of this route meet these faults, such as "POST /v1/subscription_items/{id}". */
  route: z.string().optional(),
});
export type Faults = z.infer<typeof Faults>;
type Counted = "drop" | "lose" | "limited" | "failApplied" | "failUnapplied";

export type FaultSwitch = ReturnType<typeof openFaults>;

export function openFaults() {
  let faults = Faults.parse({});
  const meets = (route: string) => faults.route === undefined || faults.route === route;
  return {
    now: () => faults,
    /** What isn't named is well. */
    set(next: Faults): Faults {
      faults = next;
      return faults;
    },
    /** Whether it is so for a request of this route. */
    is: (fault: "down" | "decline", route: string) => faults[fault] && meets(route),
    slowness: (route: string) => (meets(route) ? faults.slow : 0),
    /** Whether one of so many hits this request. */
    hits(fault: Counted, route: string): boolean {
      if (faults[fault] === 0 || !meets(route)) return false;
      faults = { ...faults, [fault]: faults[fault] - 1 };
      return true;
    },
  };
}
