import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";

/** Numbers from a seed, 0 ≤ n < below: the same ones for the same seed (mulberry32). */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/**
 * Lets each command wait for some turns of the others before it is carried out and before it is answered, and
 * refuses some transactions as conflicting, which real engines do and embedded ones don't. By seed, so replayable.
 */
export function interleaving(seed: number): (command: object, run: () => unknown) => Promise<unknown> {
  const number = numbersFrom(seed);
  return async (command, run) => {
    for (let turns = number(12); turns > 0; turns -= 1) await undefined;
    if (command instanceof TransactWriteCommand && number(12) === 0) {
      const CancellationReasons = (command.input.TransactItems ?? []).map(() => ({
        Code: "TransactionConflict",
      }));
      throw new TransactionCanceledException({
        message: "",
        $metadata: { httpStatusCode: 400 },
        CancellationReasons,
      });
    }
    const answer = run();
    for (let turns = number(12); turns > 0; turns -= 1) await undefined;
    return answer;
  };
}
