/** What a developer sees of the local Stripe. */
import type { Incoming, Outgoing } from "./http-messages.ts";
import type { Change } from "./store.ts";

/** What was asked, the newest first. */
export interface Logged {
  readonly at: string;
  readonly request: string;
  readonly body: string;
  readonly key: string | null;
  /** Null where the connection was closed without an answer. */
  readonly status: number | null;
  readonly replayed: boolean;
}

const KEPT = 200;
const SHOWN = 100;

/** What of the store a developer wants to see, the newest first. */
export const overview = ({ all }: Change) => ({
  checkouts: all("checkout").map(({ session, items }) => ({ ...session, items })),
  customers: all("customer"),
  subscriptions: all("subscription"),
  paymentMethods: all("payment_method"),
  invoices: all("invoice").slice(0, SHOWN),
  events: all("event").slice(0, SHOWN),
});

export function openLog() {
  const log: Logged[] = [];
  return {
    note({ method, url, headers, body }: Incoming, answered: Outgoing | undefined, now: number): void {
      log.unshift({
        ...{ at: new Date(now).toISOString(), request: `${method} ${url}`, body },
        key: (headers["idempotency-key"] as string | undefined) ?? null,
        status: answered?.status ?? null,
        replayed: answered?.headers["idempotent-replayed"] === "true",
      });
      log.length = Math.min(log.length, KEPT);
    },
    all: (): readonly Logged[] => log,
  };
}
