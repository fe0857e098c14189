/**
 * The local Stripe: a server of its own that answers the SDK as Stripe would, keeps what it is told, lets its periods
 * pass with the run's clock, and delivers webhooks to the run.
 */
import { apiVersion } from "../../../shared/billing/gateway.ts";
import type { Clock } from "../clock.ts";
import type { State } from "../state.ts";
import { openApi } from "./api.ts";
import { payBy } from "./billing-portal.ts";
import { type Moment, newId } from "./call.ts";
import { complete } from "./checkout.ts";
import { deliveriesOf } from "./delivery.ts";
import { type Faults, openFaults } from "./faults.ts";
import type { Incoming, Outgoing } from "./http-messages.ts";
import { nextDue } from "./periods.ts";
import { missing } from "./problem.ts";
import { secret } from "./secret.ts";
import { openLog, overview } from "./seen.ts";
import { serve } from "./server.ts";
import { type Change, openStore } from "./store.ts";
import { openPostman } from "./webhooks.ts";

export type LocalStripe = Awaited<ReturnType<typeof openStripe>>;

export interface StripeOptions {
  readonly state: State;
  readonly clock: Clock;
  /** Where the pages of the run are. */
  readonly pages: string;
  /** Where webhooks go, if the template has a route for them. */
  readonly webhooks: () => string | false | undefined;
}

/** Each event is delivered twice, on purpose. */
const COPIES = 2;
const MONTH_S = 30 * 24 * 3_600;

export async function openStripe({ state, clock, pages, webhooks }: StripeOptions) {
  const seconds = () => Math.floor(clock.now() / 1000);
  const file = state.path("data/stripe.jsonl");
  const store = openStore(file, (kind, value) => {
    const { created, at } = value as { created?: number; at?: number };
    return (kind !== "event" && kind !== "idempotency") || (created ?? at ?? 0) > seconds() - MONTH_S;
  });
  const faults = openFaults();
  const postman = openPostman({ store, clock, faults, secret: secret.webhookSecret, target: webhooks });
  const log = openLog();
  let forget = () => {};

  function moment(change: Change, request: Moment["request"], declines: boolean, now = seconds()): Moment {
    return { change, request, declines, now, pages, copies: webhooks() ? COPIES : 0 };
  }

  /** Does what has come due by now, in its own time, and waits for what comes next. */
  function passTime(): void {
    forget();
    for (;;) {
      const due = store.imagine((change) => nextDue({ change }));
      if (!due) break;
      if (due.at > seconds()) {
        forget = clock.after(due.at * 1000 - clock.now(), passTime);
        break;
      }
      store.change((change) => due.run(moment(change, null, faults.is("decline", ""), due.at)));
    }
    postman.poke();
  }

  const { apiKey: secretKey } = secret;
  const api = openApi({ store, faults, secretKey, moment });
  const ofDashboard = openApi({
    ...{ store, secretKey, faults: openFaults() },
    moment: (change, request) => moment(change, request, faults.is("decline", "")),
  });

  async function answer(incoming: Incoming, by = api): Promise<Outgoing | undefined> {
    passTime();
    const answered = await by.answer(incoming);
    passTime();
    log.note(incoming, answered, clock.now());
    return answered;
  }

  /** A change that a person makes on one of Stripe's pages. */
  function byHand<Result>(make: (moment: Moment) => Result): Result {
    passTime();
    const declines = faults.is("decline", "");
    const result = store.change((change) => make(moment(change, null, declines)));
    passTime();
    return result;
  }

  const server = await serve(answer);
  return {
    url: server.url,
    file,
    faults,
    store,
    /** All that there is to see. */
    seen: () => ({
      faults: faults.now(),
      ...store.imagine(overview),
      requests: log.all(),
      webhooks: { waiting: store.imagine(({ all }) => all("delivery")).length, attempts: postman.attempts() },
    }),
    /** Something goes wrong from now on, or no more. */
    break(next: Faults): Faults {
      faults.set(next);
      passTime();
      return next;
    },
    /** Goes on with what the last run left: periods that have ended, webhooks that wait. */
    resume: passTime,
    /** Any request, as somebody in Stripe's dashboard makes it, whatever is wrong with the API. */
    dashboard: (request: string, body: string) => {
      const [method = "", url = ""] = request.split(" ");
      const headers = { authorization: `Bearer ${secretKey}`, "stripe-version": apiVersion };
      return answer({ method, url, headers, body }, ofDashboard);
    },
    checkout: (session: string, card: string) => byHand((now) => complete(now, session, card)),
    /** Another card, by which everything of the customer is paid from now on. */
    card: (customer: string, card: string) => byHand((now) => payBy(now, customer, card)),
    /** Delivers an event so many times more. */
    resend: (event: string, times: number) =>
      byHand(({ change, now }) => {
        if (!change.get("event", event)) throw missing("event", event);
        for (const delivery of deliveriesOf(event, times, now))
          change.put("delivery", { ...delivery, id: newId("whd") });
      }),
    async close() {
      forget();
      postman.stop();
      await server.close();
    },
  };
}
