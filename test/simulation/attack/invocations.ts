import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { FaultKind, Schedule } from "./schedule.ts";
import type { Timeline } from "./time.ts";

/** One run of a function, from its start to its answer or its death. */
export interface Invocation {
  readonly name: string;
  readonly startedAt: number;
  /** How long it may take. */
  readonly timeout: number;
  /** What its clock said then. */
  readonly clock: number;
  /** How many I/Os it has begun. */
  ios: number;
  state: "running" | "dead" | "done";
  /** Its primary commits: those that leave an audit event of what was asked for. */
  commits: number;
  readonly die: (why: string) => void;
}

export type Ended<Value> = { readonly value: Value } | { readonly died: string } | { readonly failed: Error };

/** How long an I/O takes, how long it is waited for, and what it is then. */
export interface Way<Value> {
  readonly takes: readonly [least: number, more: number];
  readonly patience: number;
  readonly whenSilent: () => Value;
  readonly whenRefused: () => Value;
}

/** Writes down what happens, where somebody wants to read it. */
export type Note = (line: string) => void;

/** Runs functions, numbers every I/O of theirs, and lets happen to it what the schedule says. */
export class Invocations {
  readonly #timeline: Timeline;
  readonly #faults: Map<string, FaultKind>;
  readonly #note: Note | undefined;
  readonly #slow: number;
  /** How many I/Os there were; and each of them, where somebody wants to read it. */
  count = 0;
  readonly ios: { readonly invocation: string; readonly io: number; readonly what: string }[] = [];
  /** When something last died or went wrong. */
  lastFaultAt = 0;

  constructor(
    timeline: Timeline,
    { faults, slow }: Pick<Schedule, "faults" | "slow">,
    note: Note | undefined,
  ) {
    this.#timeline = timeline;
    this.#note = note;
    this.#slow = slow;
    this.#faults = new Map(faults.map(({ invocation, io, kind }) => [`${invocation} ${io}`, kind]));
  }

  /** Runs a function until it has answered, dies, or has taken longer than it may. */
  invoke<Value>(
    { name, timeout, skew = 0 }: { readonly name: string; readonly timeout: number; readonly skew?: number },
    run: (it: Invocation) => Promise<Value>,
  ): Promise<Ended<Value>> {
    const clock = this.#timeline.now + skew;
    return new Promise((resolve) => {
      const die = (why: string) => {
        if (it.state !== "running") return;
        it.state = "dead";
        tooLong.run = undefined;
        this.#note?.(`${name} ${why}`);
        this.lastFaultAt = this.#timeline.now;
        resolve({ died: why });
      };
      const it: Invocation = {
        name,
        startedAt: this.#timeline.now,
        timeout,
        clock,
        ios: 0,
        state: "running",
        commits: 0,
        die,
      };
      const end = (ended: Ended<Value>) => {
        if (it.state !== "running") return;
        it.state = "done";
        tooLong.run = undefined;
        resolve(ended);
      };
      const tooLong = this.#timeline.after(timeout, () => die("takes too long"));
      run(it).then(
        (value) => end({ value }),
        (failed) => end({ failed }),
      );
    });
  }

  /** One I/O: on its way, carried out, and on its way back, with what may happen in between. */
  io<Value>(
    it: Invocation,
    what: () => string,
    carryOut: () => Value | Promise<Value>,
    way: Way<Value>,
  ): Promise<Value> {
    if (it.state === "dead") return new Promise(() => {});
    it.ios += 1;
    this.count += 1;
    if (this.#note) this.ios.push({ invocation: it.name, io: it.ios, what: what() });
    const fault = this.#faults.get(`${it.name} ${it.ios}`);
    if (fault) this.lastFaultAt = this.#timeline.now;
    this.#note?.(`${it.name} I/O ${it.ios}: ${what()}${fault ? ` (${fault})` : ""}`);
    if (fault === "dies before") {
      it.die("dies before it");
      return new Promise(() => {});
    }
    const { chance } = this.#timeline;
    const [least, more] = way.takes;
    const isSlow = chance(this.#slow) === 0;
    const late = fault === "request late" ? 10_000 + chance(180_000) : 0;
    const there = least + chance(more) + late + (isSlow ? chance(way.patience * 2) : 0);
    const back = least + chance(more);
    return new Promise((resolve, reject) => {
      let isAnswered = false;
      const answer = (make: () => Value) => {
        if (isAnswered || it.state === "dead") return;
        isAnswered = true;
        try {
          resolve(make());
        } catch (error) {
          reject(error);
        }
      };
      if (fault === "refused for now") return this.#timeline.after(back, () => answer(way.whenRefused));
      const isLost = fault === "request lost" || fault === "answer lost" || late > 0;
      const isMissed = there + back >= way.patience;
      if (isMissed) this.lastFaultAt = this.#timeline.now;
      if (isMissed && !fault) this.#note?.(`${it.name} I/O ${it.ios}: ${what()} (no answer in time)`);
      if (isLost || isMissed) this.#timeline.after(way.patience, () => answer(way.whenSilent));
      const arrive = async () => {
        const outcome = await outcomeOf(carryOut);
        if (fault === "dies after") it.die("dies after it");
        else if (fault !== "answer lost") this.#timeline.after(back, () => answer(outcome));
      };
      if (fault !== "request lost") this.#timeline.after(there, arrive);
      if (fault === "request doubled") this.#timeline.after(there + chance(5_000), () => outcomeOf(carryOut));
    });
  }
}

async function outcomeOf<Value>(carryOut: () => Value | Promise<Value>): Promise<() => Value> {
  try {
    const value = await carryOut();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** What the SDK throws where no answer came in time. */
export function silent(): never {
  throw Object.assign(new Error("no answer"), { name: "TimeoutError", $metadata: {} });
}

/** What DynamoDB answers where it can't just now. */
export function refusedForNow(command: object): never {
  const $metadata = { httpStatusCode: 400 };
  if (!(command instanceof TransactWriteCommand))
    throw Object.assign(new Error("slower"), { name: "ThrottlingException", $metadata });
  const CancellationReasons = (command.input.TransactItems ?? []).map(() => ({
    Code: "TransactionConflict",
  }));
  throw new TransactionCanceledException({ message: "", $metadata, CancellationReasons });
}
