/**
 * The local Stripe: a server of its own that answers the SDK as Stripe would, keeps what it is told, lets its periods
 * pass with the run's clock, and delivers webhooks to the run.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { apiVersion } from "../../../shared/billing/gateway.ts";
import type { Clock } from "../clock.ts";
import { close, listen, readBody } from "../http.ts";
import type { State } from "../state.ts";
import { type Incoming, type Outgoing, openApi } from "./api.ts";
import { type Moment, newId } from "./call.ts";
import { payBy } from "./cards.ts";
import { complete } from "./checkout.ts";
import { type Faults, openFaults } from "./faults.ts";
import { nextDue } from "./periods.ts";
import { missing } from "./problem.ts";
import { secret } from "./secret.ts";
import { type Change, openStore } from "./store.ts";
import { deliveriesOf, openPostman } from "./webhooks.ts";

export type LocalStripe = Awaited<ReturnType<typeof openStripe>>;

export interface StripeOptions {
  readonly state: State;
  readonly clock: Clock;
  /** Where the pages of the run are. */
  readonly pages: string;
  /** Where webhooks go; undefined where the template has no route for them. */
  readonly webhooks: () => string | false | undefined;
}

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
  const { webhookSecret } = secret;
  const postman = openPostman({ store, clock, faults, secret: webhookSecret, target: webhooks });
  const log: Logged[] = [];
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

  const api = openApi({ store, faults, secretKey: secret.apiKey, moment });

  async function answer(incoming: Incoming): Promise<Outgoing | undefined> {
    passTime();
    const answered = await api.answer(incoming);
    passTime();
    const { method, url, headers, body } = incoming;
    log.unshift({
      ...{ at: new Date(clock.now()).toISOString(), request: `${method} ${url}`, body },
      key: (headers["idempotency-key"] as string | undefined) ?? null,
      ...{ status: answered?.status ?? null, replayed: answered?.headers["idempotent-replayed"] === "true" },
    });
    log.length = Math.min(log.length, KEPT);
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

  const server = createServer((request, response) => {
    handle(request, response, answer).catch((error: Error) => {
      const problem = { type: "api_error", message: error.stack ?? error.message };
      response.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ error: problem }));
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    file,
    faults,
    store,
    /** All that there is to see. */
    seen: () => ({
      faults: faults.now(),
      ...store.imagine(overview),
      requests: log,
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
    /** Any request, as somebody in Stripe's dashboard would make it. */
    dashboard: (request: string, form: string) => {
      const [method = "", url = ""] = request.split(" ");
      const headers = { authorization: `Bearer ${secret.apiKey}`, "stripe-version": apiVersion };
      return answer({ method, url, headers, body: form });
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
      await close(server);
    },
  };
}

/** What of the store a developer wants to see, the newest first. */
const overview = ({ all }: Change) => ({
  checkouts: all("checkout").map(({ session, items }) => ({ ...session, items })),
  customers: all("customer"),
  subscriptions: all("subscription"),
  paymentMethods: all("payment_method"),
  invoices: all("invoice").slice(0, SHOWN),
  events: all("event").slice(0, SHOWN),
});

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (incoming: Incoming) => Promise<Outgoing | undefined>,
): Promise<void> {
  const body = (await readBody(request))?.toString() ?? "";
  const { method = "", url = "", headers } = request;
  const answered = await answer({ method, url, headers, body });
  if (!answered) return void response.destroy();
  const text = JSON.stringify(answered.body);
  response.writeHead(answered.status, {
    ...{ ...answered.headers, "content-type": "application/json" },
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
