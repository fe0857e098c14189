import { setTimeout as wait } from "node:timers/promises";
import { Busy, Failed } from "../domain/failures.ts";

/** What was read has changed before it could be written: to be read and decided anew. */
export class ChangedMeanwhile extends Error {}

export function changedMeanwhile(): Error {
  return new ChangedMeanwhile("the item has changed since it was read");
}

const attempts = 8;

/** Reads, decides and writes again while somebody else's change comes between, then fails as Busy. */
export async function decideAnew<T>(decide: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      return await decide();
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile)) throw error;
      await wait(Math.random() * 20 * attempt);
    }
  }
  throw new Failed(Busy, { retryAfter: 1 });
}
