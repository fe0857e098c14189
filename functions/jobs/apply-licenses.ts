import { workOffLedger } from "../../shared/billing/work-off-ledger.ts";
import type { Ledger } from "../../shared/domain/ledger.ts";
import { waitsSince } from "../../shared/domain/ledger-work.ts";
import { type Change, job } from "../../shared/endpoint/job.ts";
import { lambda } from "../../shared/endpoint/job-lambda.ts";
import { describeError, log } from "../../shared/endpoint/log.ts";
import { walk } from "../../shared/endpoint/shard-walk.ts";
import { shards } from "../../shared/table/due.ts";
import { businessIdOf, dueLedgers } from "../../shared/table/due-ledgers.ts";

/**
 * Tells Stripe how many licenses are held, and takes in what Stripe has to say: soon after a change, from the table's
 * stream, and each minute, from the index of what is due, whatever was lost on the way.
 */
export const applyDueLicenses = job(
  {
    schedule: "rate(1 minute)",
    stream: {
      filters: [
        {
          eventName: ["MODIFY"],
          dynamodb: {
            Keys: { sk: { S: ["LICENSES"] } },
            NewImage: { gsi2pk: { S: [{ prefix: "DUE#LICENSES" }] }, gsi2sk: { S: [{ exists: true }] } },
          },
        },
      ],
      batchSize: 100,
      batchingWindow: 20,
      retries: 5,
    },
    uses: { dueLedgers, workOffLedger },
  },
  async ({ changes, now, timeLeft, uses }) => {
    const atFirst = timeLeft();
    const passing = () => now + atFirst - timeLeft();
    const broken = new Set<string>();
    let oldest = 0;

    const workOff = async (businessId: string): Promise<Ledger | undefined> => {
      try {
        return await uses.workOffLedger(businessId, passing());
      } catch (error) {
        broken.add(businessId);
        log("error", { brokenLedger: businessId, ...describeError(error) });
        return undefined;
      }
    };
    /** Where none of several gets an answer, Stripe is down: the others would only wait for it too. */
    const attend = async (businessIds: readonly string[]): Promise<boolean> => {
      const ledgers = await Promise.all(businessIds.map(workOff));
      const waiting = ledgers.flatMap((ledger) => (ledger && waitsSince(ledger)) ?? []);
      for (const since of waiting) oldest = Math.max(oldest, passing() - since);
      return businessIds.length < several || waiting.length < businessIds.length;
    };

    const changed = [...new Set(changes.map(businessOf))];
    const page = async (shard: number, { limit, after }: { limit: number; after?: string | undefined }) =>
      uses.dueLedgers("LICENSES", shard, now, { limit, after });
    const given = async () => ({ items: changed, after: undefined });
    const isTick = changes.length === 0;
    await walk({ shards: isTick ? shards : 1, now, period, timeLeft, page: isTick ? page : given, attend });
    if (oldest > 0) log("info", { oldestWorkSeconds: Math.round(oldest / 1_000) });
    return changes.filter((change) => broken.has(businessOf(change)));
  },
);

const period = 60 * 1_000;
/** So many ledgers whose requests nobody answers are no coincidence. */
const several = 5;

function businessOf({ after }: Change): string {
  return businessIdOf(String(after?.pk));
}

export const handler = lambda(applyDueLicenses);
