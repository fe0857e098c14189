import { QueryCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { BillingSettings } from "../../shared/domain/billing-settings.ts";
import type { Ledger } from "../../shared/domain/ledger.ts";
import { billing } from "../billing.ts";
import { FakeSes } from "../email/fake-ses.ts";
import { type CallOptions, callOn, type Person, runJobOn } from "../table/in-process.ts";
import { FakeStripe } from "./fake-stripe.ts";
import { interleaving, numbersFrom } from "./interleaving.ts";
import { MemoryTable } from "./memory-table.ts";

/** An invocation that dies after so many calls to the table and to Stripe, the last one carried out or not. */
export interface Death {
  readonly after: number;
  readonly carriedOut: boolean;
}

class Killed extends Error {}

export const seconds = 1_000;
export const minutes = 60 * seconds;
export const hours = 60 * minutes;

/** A table, Stripe and a clock, and a business whose people come and go; whatever is done, holds the invariants. */
export class LicenseWorld {
  readonly table: MemoryTable;
  readonly stripe: FakeStripe;
  now = 1_800_000_000_000;
  businessId = "";
  readonly violations: string[] = [];
  /** Happens once, after some of the holders were counted and before the others are. */
  onCount: (() => Promise<unknown>) | undefined;
  #boss: Person = { subject: "boss", email: "boss@example.com", name: "Boss" };
  #people = 0;
  #events = 0;
  #newest = 0;

  constructor(seed = 1, more: Partial<BillingSettings> = {}) {
    this.configure(more);
    const turns = interleaving(seed);
    const number = numbersFrom(seed + 1);
    let counting: Promise<unknown> | undefined;
    this.table = new MemoryTable(async (command, run) => {
      const counts = command instanceof QueryCommand && command.input.Select === "COUNT";
      if (counts && counting) await counting;
      const answer = turns(command, () => {
        const answer = run();
        if (command instanceof TransactWriteCommand || command instanceof UpdateCommand) this.#check();
        return answer;
      });
      const { onCount } = this;
      if (!counts || !onCount) return answer;
      this.onCount = undefined;
      counting = answer.then(onCount);
      await counting;
      return answer;
    });
    this.stripe = new FakeStripe(
      () => this.now,
      async () => {
        for (let n = number(20); n > 0; n -= 1) await undefined;
      },
    );
    this.stripe.onQuantity = (key) => this.#inOrder(key);
  }

  /** What the deployment is configured with. */
  configure(more: Partial<BillingSettings>): void {
    process.env.BILLING = JSON.stringify({ ...billing, ...more });
  }

  get ledger(): Ledger {
    return this.table.partition(`BUSINESS#${this.businessId}`, "LICENSES")[0] as unknown as Ledger;
  }

  /** Stripe's quantity of the licenses. */
  get quantity(): number | undefined {
    return this.stripe.item(this.ledger.subscription?.itemId ?? "")?.quantity;
  }

  get holders(): number {
    const count = (prefix: string, state: string) =>
      this.table.partition(`BUSINESS#${this.businessId}`, prefix).filter((item) => item.state === state)
        .length;
    return count("MEMBER#", "Active") + count("INVITATION#", "Pending");
  }

  /** At every commit the seats are the holders counted. */
  #check(): void {
    if (this.businessId && this.ledger && this.ledger.seats !== this.holders)
      this.violations.push(`${this.ledger.seats} seats, ${this.holders} holders`);
  }

  /** Our writes reach Stripe in the order of their versions. */
  #inOrder(key: string): void {
    const { op } = this.ledger;
    const version = op?.uuid === key ? op.version : -1;
    if (version < this.#newest)
      this.violations.push(`version ${version} reached Stripe after ${this.#newest}`);
    this.#newest = Math.max(this.#newest, version);
  }

  /** Calls an endpoint as the Owner; undefined where the invocation died. */
  async call(key: string, options: CallOptions = {}, death?: Death) {
    const { table, stripe, died } = this.#mortal(death);
    const answer = await callOn(table, key, this.#boss, { stripe, now: this.now, ...options });
    return died() ? undefined : answer;
  }

  /** A minute's tick of a job, or a batch of changes for it; it may die in it. */
  async job(key: string, death?: Death, event?: object, skew = 0): Promise<void> {
    const { table, stripe } = this.#mortal(death);
    const options = { stripe, now: this.now + skew, ...(event && { event }) };
    await runJobOn(table, `jobs/${key}`, options).catch((error) => {
      if (!(error instanceof Killed)) throw error;
    });
  }

  tick(death?: Death): Promise<void> {
    return this.job("apply-licenses", death);
  }

  /** Has whatever is open sent and answered, tick by tick. */
  async settle(): Promise<void> {
    for (
      let tries = 0;
      this.ledger.op || this.ledger.appliedVersion !== this.ledger.desiredVersion;
      tries += 1
    ) {
      if (tries > 5) throw new Error("the ledger does not come to rest");
      this.now += 31 * seconds;
      await this.stream();
      await this.tick();
    }
  }

  /** What the table's stream tells of the ledger, 20 s or so after it changed. */
  async stream(death?: Death): Promise<void> {
    const item = this.table.partition(`BUSINESS#${this.businessId}`, "LICENSES")[0] ?? {};
    if (!String(item.gsi2pk).startsWith("DUE#LICENSES") || item.gsi2sk === undefined) return;
    const dynamodb = { SequenceNumber: "1", NewImage: marshall(item) };
    await this.job("apply-licenses", death, { Records: [{ dynamodb }] });
  }

  /** Lets the time pass, with the ticks of both jobs as their schedules have them. */
  async pass(time: number, step = 1 * minutes): Promise<void> {
    for (const end = this.now + time; this.now < end; ) {
      this.now += step;
      await this.tick();
      if (Math.floor(this.now / (10 * minutes)) !== Math.floor((this.now - step) / (10 * minutes)))
        await this.job("reconcile-licenses");
    }
  }

  /** An Owner creates a business and pays for a plan on Stripe's page. */
  async subscribe(): Promise<void> {
    await this.open();
    await this.call("licenses/begin-subscription", { body: { billingPlan: "Monthly" } });
    this.stripe.subscribe(this.ledger.customer?.id ?? "", { price_monthly_base: 1, price_monthly: 1 });
    await this.webhook("customer.subscription.created");
    await this.tick();
    this.now += 30 * seconds;
  }

  async open(): Promise<void> {
    const created = await this.call("businesses/create-business", { body: { name: "Acme" } });
    this.businessId = created?.body.id;
  }

  /** Somebody signs in for the first time and is added; answers the user's id. */
  async add(death?: Death, key?: string): Promise<string> {
    this.#people += 1;
    const person = { subject: `p${this.#people}`, email: `p${this.#people}@example.com` };
    const { body } = await callOn(this.table, "users/get-me", person, { now: this.now });
    const headers = key ? { "idempotency-key": key } : {};
    await this.call("members/add-member", { body: { userId: body.id }, headers }, death);
    return body.id;
  }

  /** Invites somebody; answers the token of the mail. */
  async invite(name: string): Promise<string> {
    const ses = new FakeSes();
    await this.call("invitations/invite-member", { body: { email: `${name}@example.com` }, email: ses });
    return ses.mails[0]?.token ?? "";
  }

  async accept(name: string, token: string) {
    const guest = { subject: name, email: `${name}@example.com` };
    const options = { body: { token }, now: this.now, stripe: this.stripe };
    return callOn(this.table, "invitations/accept-invitation", guest, options);
  }

  async remove(userId: string, death?: Death) {
    return this.call("members/remove-member", { params: { userId } }, death);
  }

  async webhook(type: string, id = `evt_${this.#events}`, customerId = this.ledger.customer?.id) {
    this.#events += 1;
    const rawBody = JSON.stringify({ id, type, customerId });
    return this.call("licenses/take-stripe-event", { rawBody, headers: { "stripe-signature": "genuine" } });
  }

  /** The table as it is; `restore` takes it back to that. */
  backUp(): [string, Record<string, unknown>][] {
    return structuredClone([...this.table.items]);
  }

  restore(backup: [string, Record<string, unknown>][]): void {
    this.table.items.clear();
    for (const [key, item] of backup) this.table.items.set(key, item);
    this.#newest = 0;
  }

  #mortal(death: Death | undefined) {
    let left = death ? death.after : Number.POSITIVE_INFINITY;
    const mortal = async (carryOut: () => Promise<unknown>) => {
      if (left < 0) throw new Killed();
      left -= 1;
      if (left >= 0) return carryOut();
      if (death?.carriedOut) await carryOut();
      throw new Killed();
    };
    const send = (command: object) => mortal(() => this.table.client.send(command as never));
    const stripe = new Proxy(this.stripe, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as ((...input: unknown[]) => Promise<unknown>) | undefined;
        return method && ((...input: unknown[]) => mortal(() => method.apply(target, input)));
      },
    });
    return { table: { name: "memory", client: { send } as never }, stripe, died: () => left < 0 };
  }
}
