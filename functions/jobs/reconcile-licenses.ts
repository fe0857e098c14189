import { type Findings, reconcileLedger } from "../../shared/billing/reconcile.ts";
import { limits } from "../../shared/domain/ledger-limits.ts";
import { isParked } from "../../shared/domain/ledger-work.ts";
import { job } from "../../shared/endpoint/job.ts";
import { lambda } from "../../shared/endpoint/job-lambda.ts";
import { describeError, log } from "../../shared/endpoint/log.ts";
import { walk } from "../../shared/endpoint/shard-walk.ts";
import { type DueKind, shards } from "../../shared/table/due.ts";
import { dueLedgers } from "../../shared/table/due-ledgers.ts";

/**
 * Compares every business's licenses with Stripe once an hour, or two while work on them stays open, and with their
 * holders once a day: small differences are repaired, large ones reported. It runs more often, to spread the work.
 */
export const reconcileLicenses = job(
  { schedule: "rate(10 minutes)", uses: { dueLedgers, reconcileLedger } },
  async ({ now, timeLeft, uses }) => {
    const atFirst = timeLeft();
    const passing = () => now + atFirst - timeLeft();

    /** Whether Stripe was heard; undefined where it wasn't asked. */
    const look = async (businessId: string, lookedBefore: number): Promise<boolean | undefined> => {
      try {
        const findings = await uses.reconcileLedger(businessId, lookedBefore, passing());
        if (findings) report(businessId, findings);
        return findings?.isHeard;
      } catch (error) {
        log("error", { brokenLedger: businessId, ...describeError(error) });
        return undefined;
      }
    };
    const lookAtAll = (kind: DueKind, before: number, lookedBefore: number) => {
      /** How many looks on end nobody answered: several are no coincidence, and Stripe is down. */
      let unheard = 0;
      return walk({
        ...{ shards, now, period, timeLeft },
        page: (shard, page) => uses.dueLedgers(kind, shard, before, page),
        attend: async (businessIds) => {
          const heard = await Promise.all(businessIds.map((businessId) => look(businessId, lookedBefore)));
          for (const isHeard of heard) if (isHeard !== undefined) unheard = isHeard ? 0 : unheard + 1;
          return unheard < several;
        },
      });
    };
    const due = await lookAtAll("RECONCILE", now - limits.reconcile, now);
    const overlooked = await lookAtAll("LICENSES", now + limits.mostBackOff, now - limits.overlooked);
    log("info", { reconciled: due, overlooked });
    return undefined;
  },
);

const period = 10 * 60 * 1_000;
const several = 5;

/** Says what a person should see; an alarm counts each of these members. */
function report(businessId: string, { ledger, counted }: Findings): void {
  const { seats, drift } = ledger;
  if (counted !== undefined) log("error", { miscountedLedger: businessId, seats, counted });
  if (drift) log("error", { driftingLedger: businessId, seats, quantityAtStripe: drift.quantity });
  if (isParked(ledger)) log("error", { parkedLedger: businessId, seats });
}

export const handler = lambda(reconcileLicenses);
