import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Bounded, Gateway } from "../../../shared/billing/gateway.ts";
import type { Table } from "../../../shared/operation.ts";
import { billing } from "../../billing.ts";
import { type FakeMail, FakeSes, sesError } from "../../email/fake-ses.ts";
import { type CallOptions, callOn, type Person, runJobOn } from "../../table/in-process.ts";
import type { Item } from "../expressions.ts";
import { FakeStripe } from "../fake-stripe.ts";
import { MemoryTable } from "../memory-table.ts";
import { type Ended, type Invocation, Invocations, refusedForNow, silent, type Way } from "./invocations.ts";
import type { Schedule, Weather } from "./schedule.ts";
import { Streams } from "./streams.ts";
import { current, Timeline } from "./time.ts";
import { Watch } from "./watch.ts";

export const beginning = 1_800_000_000_000;
export const seconds = 1_000;
export const minutes = 60 * seconds;
export const hours = 60 * minutes;

export const personOf = (n: number): Person => ({
  subject: `person-${n}`,
  email: `person-${n}@example.com`,
  name: `P${n}`,
});

const calm: Weather = { at: 0, stripe: "well", mail: "well" };
const refused = { ok: false, replayed: false, type: null, code: null, message: "", requestId: null } as const;
const quick = [2, 12] as const;

/** The one simulated world: table, Stripe, mail, event bus and clock, and the real functions between them. */
export class Simulation {
  readonly timeline: Timeline;
  readonly table: MemoryTable;
  readonly stripe: FakeStripe;
  readonly invocations: Invocations;
  readonly watch: Watch;
  readonly streams: Streams;
  /** What SES took. */
  readonly mails: FakeMail[] = [];
  weather: Weather = calm;
  businessId = "";
  userIds: string[] = [];
  /** What happened, line by line, where somebody wants to read it. */
  readonly trace: string[] = [];
  /** Requests to Stripe. */
  stripeRequests = 0;
  #invoked = 0;
  #webhooks = 0;
  #writing: Invocation | undefined;

  constructor({ seed, faults, slow }: Pick<Schedule, "seed" | "faults" | "slow">, isTraced = false) {
    this.timeline = new Timeline(beginning, seed);
    current.timeline = this.timeline;
    const trace = (line: string) =>
      this.trace.push(`${((this.timeline.now - beginning) / seconds).toFixed(2)} s  ${line}`);
    const note = isTraced ? trace : undefined;
    this.invocations = new Invocations(this.timeline, { faults, slow }, note);
    this.table = new MemoryTable();
    const lag = [0, 20, 800][this.timeline.chance(3)] ?? 0;
    if (lag > 0) this.table.items.lag = (hear) => this.timeline.after(lag, hear);
    this.stripe = new FakeStripe(() => this.timeline.now);
    this.watch = new Watch(this, note);
    this.streams = new Streams(this);
    this.table.items.changed = (before, after) => {
      this.watch.changed(before, after);
      this.streams.tell(before, after);
    };
    current.putEvents = (command) => this.#publish(command as never);
    this.stripe.onQuantity = (key, quantity) => {
      this.watch.quantity(key, quantity);
      this.tellByWebhook("customer.subscription.updated");
    };
    this.stripe.onCharge = (key, isPaid) => {
      this.watch.charged(key, isPaid);
      this.tellByWebhook(isPaid ? "invoice.paid" : "invoice.payment_failed");
    };
  }

  get now(): number {
    return this.timeline.now;
  }

  item(pk: string, sk: string): Item | undefined {
    return this.table.items.get(`${pk}\n${sk}`);
  }

  /** An endpoint, called past API Gateway, which gives it 10 s. */
  call(
    name: string,
    key: string,
    who: number,
    options: CallOptions = {},
    skew = 0,
    begun?: (it: Invocation) => void,
  ) {
    return this.invocations.invoke({ name, timeout: 10 * seconds, skew }, (it) => {
      begun?.(it);
      return callOn(this.#tableOf(it), key, personOf(who), {
        ...this.#outside(it),
        ...options,
        now: it.clock,
      });
    });
  }

  /** A job, of which a tick may run twice at once. */
  job(name: string, key: string, event: object = {}, skew = 0): Promise<Ended<unknown>> {
    return this.invocations.invoke({ name, timeout: 60 * seconds, skew }, (it) => {
      if (key === "publish-events") this.streams.publisher = it;
      const options = { ...this.#outside(it), event, now: it.clock };
      return runJobOn(this.#tableOf(it), `jobs/${key}`, options);
    });
  }

  /** Stripe tells of something: sooner or later, now and then twice, and again until it is taken in. */
  tellByWebhook(type: string, id = this.#nextEvent(), tries = 1): void {
    const { chance } = this.timeline;
    const customerId = this.stripe.customers.values().next().value;
    const rawBody = JSON.stringify({ id, type, customerId });
    const options = { rawBody, headers: { "stripe-signature": "genuine" } };
    this.timeline.after(200 + chance(4_000) + (chance(8) === 0 ? chance(90_000) : 0), async () => {
      const name = `webhook ${id}${tries > 1 ? ` try ${tries}` : ""}`;
      const ended = await this.call(name, "licenses/take-stripe-event", 0, options);
      const isTaken = "value" in ended && ended.value.status < 300;
      if (tries < 4 && (!isTaken || chance(6) === 0))
        this.timeline.after(30 * seconds, () => this.tellByWebhook(type, id, tries + 1));
    });
  }

  #nextEvent(): string {
    this.#webhooks += 1;
    return `evt_${this.#webhooks}`;
  }

  /** A name that no other invocation has. */
  named(what: string): string {
    this.#invoked += 1;
    return `${what} #${this.#invoked}`;
  }

  #outside(it: Invocation) {
    const timeLeft = () => it.timeout - (this.now - it.startedAt);
    return { email: this.#ses(it), stripe: this.#gateway(it), timeLeft };
  }

  #tableOf(it: Invocation): Table {
    const send = (command: object) => {
      const way: Way<unknown> = {
        takes: quick,
        patience: 3 * seconds,
        whenSilent: silent,
        whenRefused: () => refusedForNow(command),
      };
      const carryOut = () => {
        if (command instanceof TransactWriteCommand && this.timeline.chance(25) === 0) refusedForNow(command);
        return this.#write(it, command);
      };
      return this.invocations.io(it, () => describe(command), carryOut, way);
    };
    return { name: this.table.name, client: { send } as never };
  }

  #write(it: Invocation, command: object): unknown {
    this.#writing = it;
    try {
      return this.table.carryOut(command, it.name);
    } finally {
      this.#writing = undefined;
      this.watch.committed(it);
    }
  }

  #ses(it: Invocation) {
    const ses = new FakeSes((mail) => {
      const { mail: mood } = this.weather;
      if (mood === "throttled") throw sesError("Throttling");
      if (mood === "rejecting") throw sesError("MessageRejected");
      this.watch.mailed(mail);
      this.mails.push(mail);
      this.#reportOn(mail);
    });
    const send = (command: never) => {
      this.watch.sends(it, command);
      const way: Way<unknown> = {
        takes: [20, 200],
        patience: 5 * seconds,
        whenSilent: silent,
        whenRefused: () => {
          throw sesError("Throttling");
        },
      };
      const carryOut = () => {
        if (this.weather.mail === "down") throw sesError("InternalFailure", 503);
        return ses.send(command);
      };
      return this.invocations.io(it, () => "SES SendEmail", carryOut, way);
    };
    return { send } as never;
  }

  /** What SES reports, through EventBridge, which may do so twice. */
  #reportOn(mail: FakeMail): void {
    const { chance } = this.timeline;
    const eventType = ["Bounce", "Complaint", "Delivery", "Delivery", "Delivery", "Delivery"][chance(8)];
    if (!eventType) return;
    const { businessId, invitationId, sendNo } = mail;
    const tags = { businessId: [businessId], invitationId: [invitationId], sendNo: [`${sendNo}`] };
    const detail = { eventType, mail: { tags }, bounce: { bounceType: "Permanent" } };
    const event = { source: "aws.ses", "detail-type": "x", detail };
    for (let times = chance(4) === 0 ? 2 : 1; times > 0; times -= 1) {
      const name = this.named("record-delivery event");
      this.timeline.after(500 + chance(20_000), () => this.job(name, "record-delivery", event));
    }
  }

  #gateway(it: Invocation): Gateway {
    return new Proxy(this.stripe, {
      get: (stripe, name) => {
        const method = Reflect.get(stripe, name) as unknown;
        if (typeof method !== "function" || name === "verifyWebhook")
          return (method as () => unknown)?.bind(stripe);
        return (...input: unknown[]) => {
          const way: Way<unknown> = {
            takes: [80, 400],
            patience: Math.max(1, (input.at(-1) as Bounded).within),
            whenSilent: () => ({ ...refused, status: null }),
            whenRefused: () => ({ ...refused, status: 429, code: "rate_limit" }),
          };
          this.stripeRequests += 1;
          const isRead =
            name === "readSubscription" || name === "listSubscriptions" || name === "readCustomer";
          if (isRead) this.watch.readsStripe(it);
          const carryOut = () => {
            if (this.weather.stripe === "down") silent();
            stripe.mood = this.weather.stripe;
            return Reflect.apply(method, stripe, input);
          };
          const answer = this.invocations.io(it, () => `Stripe ${String(name)}`, carryOut, way);
          return answer.catch(() => ({ ...refused, status: null }));
        };
      },
    }) as Gateway;
  }

  #publish({ input }: { input: { Entries: { Detail: string }[] } }): Promise<unknown> {
    const it = this.streams.publisher;
    if (!it) throw new Error("only a job publishes");
    const way: Way<unknown> = {
      takes: [5, 30],
      patience: 5 * seconds,
      whenSilent: silent,
      whenRefused: silent,
    };
    const carryOut = () => ({
      Entries: input.Entries.map(({ Detail }) => ({
        EventId: this.watch.published(JSON.parse(Detail).eventId),
      })),
    });
    return this.invocations.io(it, () => "EventBridge PutEvents", carryOut, way);
  }

  configure({ proration }: Pick<Schedule, "proration">): void {
    process.env.BILLING = JSON.stringify({ ...billing, prorationBehavior: proration });
  }

  get writing(): Invocation | undefined {
    return this.#writing;
  }
}

/** A command in the words of somebody who reads what happened. */
function describe(command: object): string {
  const { input } = command as {
    input: { Key?: { sk?: string }; IndexName?: string; TransactItems?: object[] };
  };
  const name = command.constructor.name.replace(/Command$/, "");
  if (input.TransactItems) return `commit of ${input.TransactItems.length}`;
  if (input.IndexName) return `${name} ${input.IndexName}`;
  return `${name} ${String(input.Key?.sk ?? "").split("#")[0]}`.trim();
}
