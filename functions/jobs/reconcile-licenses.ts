import { type Findings, reconcileLedger } from "../../shared/billing/reconcile.ts";
import { limits } from "../../shared/domain/ledger-limits.ts";
import { isParked } from "../../shared/domain/ledger-work.ts";
import { job } from "../../shared/endpoint/job.ts";
import { lambda } from "../../shared/endpoint/job-lambda.ts";
import { describeError, log } from "../../shared/endpoint/log.ts";
import { walk } from "../../shared/endpoint/shard-walk.ts";
import { shards } from "../../shared/table/due.ts";
import { dueLedgers } from "../../shared/table/due-ledgers.ts";

/**
 * Compares every business's licenses with Stripe once an hour, and with their holders once a day: small differences
 * are repaired, large ones are reported. The schedule is shorter than the hour, so that the work is spread over it.
 */
export const reconcileLicenses = job(
  { schedule: "rate(10 minutes)", uses: { dueLedgers, reconcileLedger } },
  async ({ now, timeLeft, uses }) => {
    const atFirst = timeLeft();
    const passing = () => now + atFirst - timeLeft();

    const look = async (businessId: string): Promise<boolean> => {
      try {
        const findings = await uses.reconcileLedger(businessId, passing());
        if (findings) report(businessId, findings);
        return findings?.isRead ?? true;
      } catch (error) {
        log("error", { brokenLedger: businessId, ...describeError(error) });
        return true;
      }
    };
    const before = now - limits.reconcile;
    const looked = await walk({
      shards,
      now,
      timeLeft,
      page: (shard, page) => uses.dueLedgers("RECONCILE", shard, before, page),
      attend: async (businessIds) => (await Promise.all(businessIds.map(look))).some((isRead) => isRead),
    });
    log("info", { reconciled: looked });
    return undefined;
  },
);

/** Says what a person should see; an alarm counts each of these members. */
function report(businessId: string, { ledger, counted }: Findings): void {
  const { seats, drift } = ledger;
  if (counted !== undefined) log("error", { miscountedLedger: businessId, seats, counted });
  if (drift) log("error", { driftingLedger: businessId, seats, quantityAtStripe: drift.quantity });
  if (isParked(ledger)) log("error", { parkedLedger: businessId, seats });
}

export const handler = lambda(reconcileLicenses);
