import type { Bound, Operations } from "../operation.ts";

/** What starts a job: one or several of these. */
export type Trigger = ScheduleTrigger | StreamTrigger | EventTrigger;

/** EventBridge starts it on a schedule, such as `rate(1 minute)`. The next tick is its retry. */
export interface ScheduleTrigger {
  readonly schedule: `rate(${string})` | `cron(${string})`;
}

/** Changes of the table start it, in batches. Those that it can't handle end in its failure queue. */
export interface StreamTrigger {
  readonly stream: {
    /** Patterns over the stream's records; one of them must match. */
    readonly filters: readonly object[];
    readonly batchSize: number;
    /** Seconds that a batch may wait for more. */
    readonly batchingWindow: number;
    readonly retries: number;
  };
}

/** Events on the account's default bus start it, one at a time. */
export interface EventTrigger {
  readonly events: { readonly source: readonly string[]; readonly detailType: readonly string[] };
}

/** All that there is to know of a job, but for what it does. */
export type JobSpecification = Trigger & { readonly uses: Operations };

/** A change of an item, as the table's stream tells it. */
export interface Change {
  /** Its number in the stream. */
  readonly id: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** An event of EventBridge. */
export interface BusEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly detail: unknown;
}

/** What a job is given. `now` is the wall clock, read once: an event's own time is stale on a retry. */
export type Run<S extends JobSpecification> = {
  readonly now: number;
  readonly timeLeft: () => number;
  readonly uses: Bound<S["uses"]>;
} & (S extends StreamTrigger
  ? {
      /** None where the schedule started it. */
      readonly changes: readonly Change[];
    }
  : unknown) &
  (S extends EventTrigger ? { readonly event: BusEvent } : unknown);

/** What a job answers: of changes, those that it could not handle and wants again. */
export type Outcome<S extends JobSpecification> = S extends StreamTrigger ? readonly Change[] : undefined;

export interface Job<S extends JobSpecification> {
  readonly kind: "job";
  readonly specification: S;
  readonly handle: (run: Run<S>) => Promise<Outcome<S>>;
}

/** A job, whichever. */
export interface AnyJob {
  readonly kind: "job";
  readonly specification: JobSpecification;
  readonly handle: (run: never) => Promise<unknown>;
}

/** Declares a job: what starts it, what it may touch, and what it does. Declaring one does nothing else. */
export function job<const S extends JobSpecification>(
  specification: S,
  handle: (run: Run<S>) => Promise<Outcome<S>>,
): Job<S> {
  return { kind: "job", specification, handle };
}
