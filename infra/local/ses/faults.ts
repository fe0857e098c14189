/** What is wrong with SES at the moment, on purpose: `POST /_local/ses/faults` says it, and it ends with the run. */
import { z } from "zod";
import { AnswerLost, AwsError } from "../aws-error.ts";

export const Faults = z.strictObject({
  /** Every call is answered 503. */
  down: z.boolean().default(false),
  /** Every call is answered that too many were sent. */
  throttled: z.boolean().default(false),
  /** Milliseconds until a call is looked at. */
  slow: z.int().min(0).max(60_000).default(0),
  /** So many calls more are carried out, but their answers get lost. */
  lose: z.int().min(0).default(0),
});
export type Faults = z.infer<typeof Faults>;

export function openFaults() {
  let faults = Faults.parse({});
  return {
    now: () => faults,
    /** What isn't named is well. */
    set(next: Faults): Faults {
      faults = next;
      return faults;
    },
    /** Carries out a call of SES with what is wrong at the moment. */
    async around<T>(call: () => T): Promise<T> {
      if (faults.slow > 0) await new Promise((done) => setTimeout(done, faults.slow).unref());
      if (faults.down) throw new AwsError("ServiceUnavailable", "Service is unavailable.", 503);
      if (faults.throttled) throw new AwsError("Throttling", "Maximum sending rate exceeded.");
      const result = call();
      if (faults.lose > 0) {
        faults = { ...faults, lose: faults.lose - 1 };
        throw new AnswerLost("on purpose");
      }
      return result;
    },
  };
}
export type FaultSwitch = ReturnType<typeof openFaults>;
