import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { type FakeMail, FakeSes, sesError } from "../email/fake-ses.ts";
import { type CallOptions, callOn, type Person, runJobOn } from "../table/in-process.ts";
import { interleaving, numbersFrom } from "./interleaving.ts";
import { MemoryTable } from "./memory-table.ts";

/** How SES is; `lost`: it takes the mail and its answer never arrives. */
export type Mood = "well" | "down" | "throttled" | "rejecting" | "lost";

/** An invocation that dies: after so many commands to the table, the last one carried out or not. */
export interface Death {
  readonly after: number;
  readonly carriedOut: boolean;
}

class Killed extends Error {}

export const personOf = (n: number): Person => ({
  subject: `person-${n}`,
  email: `person-${n}@example.com`,
  name: `P${n}`,
});

/** The table, SES and the clock, and everybody's way to call: each command waits its turn, by seed. */
export class World {
  readonly table: MemoryTable;
  readonly ses: FakeSes;
  /** What SES took. */
  readonly mails: FakeMail[] = [];
  mood: Mood = "well";
  now = 1_800_000_000_000;
  /** Called after each commit, at that instant. */
  onCommit: () => void = () => {};
  #violation: unknown;

  constructor(seed: number) {
    const turns = interleaving(seed);
    const number = numbersFrom(seed + 1);
    this.table = new MemoryTable((command, run) =>
      turns(command, () => {
        const answer = run();
        if (command instanceof TransactWriteCommand) this.#check();
        return answer;
      }),
    );
    this.ses = new FakeSes(async (mail) => {
      const mood = this.mood;
      for (let n = number(20); n > 0; n -= 1) await undefined;
      if (mood === "down") throw sesError("InternalFailure", 503);
      if (mood === "throttled") throw sesError("Throttling");
      if (mood === "rejecting") throw sesError("MessageRejected");
      this.mails.push(mail);
      for (let n = number(20); n > 0; n -= 1) await undefined;
      if (mood === "lost")
        throw Object.assign(new Error("no answer"), { name: "TimeoutError", $metadata: {} });
    });
  }

  /** A world as this one is now, whose commands take other turns. */
  copy(seed: number): World {
    const copy = new World(seed);
    for (const [at, item] of this.table.items) copy.table.items.set(at, structuredClone(item));
    copy.mails.push(...this.mails);
    copy.now = this.now;
    return copy;
  }

  /** What a commit violates is kept: handlers and jobs survive whatever is thrown at them. */
  #check(): void {
    try {
      this.onCommit();
    } catch (error) {
      this.#violation ??= error;
    }
  }

  /** Throws the first violation that a commit was found to be. */
  expectSound(): void {
    if (this.#violation) throw this.#violation;
  }

  /** Calls an endpoint; undefined where the invocation died. `skew`: how far the clock of the function is off. */
  async call(key: string, who: number, options: CallOptions = {}, skew = 0, death?: Death) {
    const { table, died } = this.#mortal(death);
    const answer = await callOn(table, key, personOf(who), {
      email: this.ses,
      ...options,
      now: this.now + skew,
    });
    return died() ? undefined : answer;
  }

  /** Runs a job, which may die in it. */
  async job(key: string, skew = 0, death?: Death, event?: object): Promise<void> {
    const { table } = this.#mortal(death);
    const run = runJobOn(table, key, { now: this.now + skew, email: this.ses, ...(event && { event }) });
    await run.catch((error) => {
      if (!(error instanceof Killed)) throw error;
    });
  }

  /** What SES reports of a mail, as EventBridge brings it. */
  async report(mail: FakeMail, eventType: string): Promise<void> {
    const tags = {
      businessId: [mail.businessId],
      invitationId: [mail.invitationId],
      sendNo: [`${mail.sendNo}`],
    };
    const detail = { eventType, mail: { tags }, bounce: { bounceType: "Permanent" } };
    await this.job("jobs/record-delivery", 0, undefined, { source: "aws.ses", "detail-type": "x", detail });
  }

  #mortal(death: Death | undefined) {
    let left = death ? death.after : Number.POSITIVE_INFINITY;
    const send = async (command: object) => {
      if (left < 0) throw new Killed();
      left -= 1;
      if (left >= 0) return this.table.client.send(command as never);
      if (death?.carriedOut) await this.table.client.send(command as never);
      throw new Killed();
    };
    const table = { name: this.table.name, client: { send } as never };
    return { table, died: () => left < 0 };
  }
}
