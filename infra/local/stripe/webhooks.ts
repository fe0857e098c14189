/**
 * Stripe's webhooks: every event is delivered twice, late and out of order, on purpose; whatever isn't answered 2xx
 * is tried again for three days. What waits to be delivered outlives the run.
 */
import { createHmac } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Delivery } from "./delivery.ts";
import type { FaultSwitch } from "./faults.ts";
import type { Store } from "./store.ts";

/** How long it waits after each attempt that failed. */
const RETRIES_MS = [10, 60, 300, 1_800, 7_200, 18_000, 36_000, 86_400, 86_400].map(
  (seconds) => seconds * 1000,
);
const ANSWER_WITHIN_MS = 20_000;

/** The `Stripe-Signature` of a body at a time in milliseconds. */
export function signature(body: string, secret: string, now: number): string {
  const time = Math.floor(now / 1000);
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

export interface Attempt {
  readonly at: string;
  readonly type: string;
  readonly event: string;
  /** Of HTTP; null where there was no answer. */
  readonly status: number | null;
}

export interface PostmanOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: FaultSwitch;
  readonly secret: string;
  /** Where they go, if anybody listens. */
  readonly target: () => string | false | undefined;
}

const KEPT = 100;
const AT_ONCE = 20;

export function openPostman({ store, clock, faults, secret, target }: PostmanOptions) {
  const waiting = new Map<string, () => void>();
  const attempts: Attempt[] = [];
  let stopped = false;
  const due: Delivery[] = [];
  let sending = 0;

  async function send(url: string, body: string): Promise<number | null> {
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "stripe-signature": signature(body, secret, clock.now()),
      "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    try {
      const answer = await fetch(url, { method: "POST", body, headers, signal });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return null;
    }
  }

  /** Sends what is due, not too much at once: a thousand would be more than there are functions to take them. */
  function sendDue(): void {
    while (sending < AT_ONCE) {
      const delivery = due.shift();
      if (!delivery || stopped) return;
      sending += 1;
      void attempt(delivery).finally(() => {
        sending -= 1;
        sendDue();
      });
    }
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const event = store.imagine((change) => change.get("event", delivery.event));
    const url = target();
    if (!event || !url || faults.now().silent) return void waiting.delete(delivery.id);
    const status = await send(url, JSON.stringify(event));
    if (stopped) return;
    attempts.unshift({ at: new Date(clock.now()).toISOString(), type: event.type, event: event.id, status });
    attempts.length = Math.min(attempts.length, KEPT);
    waiting.delete(delivery.id);
    const pause = RETRIES_MS[delivery.attempt];
    store.change((change) => {
      if ((status !== null && status < 300) || pause === undefined)
        return change.remove("delivery", delivery.id);
      change.put("delivery", { ...delivery, attempt: delivery.attempt + 1, dueAt: clock.now() + pause });
    });
    poke();
  }

  /** Looks what there is to deliver. */
  function poke(): void {
    if (stopped) return;
    for (const delivery of store.imagine((change) => change.all("delivery"))) {
      if (waiting.has(delivery.id)) continue;
      const forget = clock.after(delivery.dueAt - clock.now(), () => {
        due.push(delivery);
        sendDue();
      });
      waiting.set(delivery.id, forget);
    }
  }

  return {
    poke,
    /** The newest first. */
    attempts: (): readonly Attempt[] => attempts,
    stop() {
      stopped = true;
      for (const forget of waiting.values()) forget();
    },
  };
}
