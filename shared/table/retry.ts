import { setTimeout as wait } from "node:timers/promises";
import { Busy, Failed } from "../domain/failures.ts";
import type { Context } from "../operation.ts";

const mostAttempts = 9;
/** What a last try needs to be answered. */
const reserve = 300;

/** Waits up to 25 ms · 2^attempt (1 s at most) with full jitter, or fails as Busy where the invocation has no time. */
export async function backOff({ timeLeft }: Context, attempt: number): Promise<void> {
  const delay = Math.random() * Math.min(25 * 2 ** attempt, 1_000);
  if (attempt >= mostAttempts || delay + reserve > timeLeft()) throw new Failed(Busy, { retryAfter: 1 });
  await wait(delay);
}

/** Whether trying again may help: a throttle, a server's error, or no answer at all. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || !("$metadata" in error)) return false;
  const { $metadata, $retryable } = error as {
    $metadata?: { httpStatusCode?: number };
    $retryable?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  return status === undefined || status >= 500 || $retryable !== undefined || transient.has(error.name);
}

const transient = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TransactionConflictException",
  "TransactionInProgressException",
]);

/** Sends until it is answered, for as long as the invocation has time; for what may be sent twice. */
export async function send<Output>(context: Context, request: () => Promise<Output>): Promise<Output> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await backOff(context, attempt);
    }
  }
}

/** What was read has changed before it could be written: to be read and decided anew. */
export class ChangedMeanwhile extends Error {}

export function changedMeanwhile(): Error {
  return new ChangedMeanwhile("the item has changed since it was read");
}

/** Reads, decides and writes again while somebody else's change comes between; `again` says that one did. */
export async function decideAnew<T>(context: Context, decide: (again: boolean) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await decide(attempt > 1);
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile)) throw error;
      await backOff(context, attempt);
    }
  }
}
