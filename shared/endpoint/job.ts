import type { Bound, Operations } from "../operation.ts";

/** All that there is to know of a job, but for what it does. */
export interface JobSpecification {
  /** An EventBridge schedule expression, such as `rate(1 minute)`. */
  readonly schedule: `rate(${string})` | `cron(${string})`;
  readonly uses: Operations;
}

/** What a job is given. `now` is the wall clock, read once: an event's own time is stale on a retry. */
export interface Run<S extends JobSpecification> {
  readonly now: number;
  readonly timeLeft: () => number;
  readonly uses: Bound<S["uses"]>;
}

export interface Job<S extends JobSpecification> {
  readonly kind: "job";
  readonly specification: S;
  readonly handle: (run: Run<S>) => Promise<void>;
}

/** A job, whichever. */
export interface AnyJob {
  readonly kind: "job";
  readonly specification: JobSpecification;
  readonly handle: (run: never) => Promise<void>;
}

/** Declares a job that EventBridge starts on a schedule. The next tick is its retry. */
export function job<const S extends JobSpecification>(
  specification: S,
  handle: (run: Run<S>) => Promise<void>,
): Job<S> {
  return { kind: "job", specification, handle };
}
