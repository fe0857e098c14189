/** What is to be done about a ledger, and when. */
import type { Ledger } from "./ledger.ts";

export type Step = "send" | "open" | "cancel" | "refresh";

/**
 * What can be open about a ledger, from when on it is due, and since when Stripe has been asked in vain. The first that
 * is due is done first.
 */
const work: readonly {
  readonly step: Step;
  readonly isOpen: (ledger: Ledger) => boolean;
  readonly from: (ledger: Ledger) => number;
  readonly since: (ledger: Ledger) => number | undefined;
}[] = [
  {
    step: "send",
    isOpen: ({ op }) => op !== undefined,
    from: ({ op }) => op?.retryAt ?? 0,
    since: ({ behindSince }) => behindSince,
  },
  {
    step: "open",
    isOpen: (ledger) => !ledger.op && isBehind(ledger) && !isParked(ledger),
    from: ({ nextAt = 0 }) => nextAt,
    since: ({ behindSince }) => behindSince,
  },
  {
    step: "cancel",
    isOpen: ({ subscription, cancelWanted }) =>
      subscription !== undefined && cancelWanted === subscription.id,
    from: ({ cancelFrom = 0 }) => cancelFrom,
    since: ({ cancelFailingSince }) => cancelFailingSince,
  },
  {
    step: "refresh",
    isOpen: ({ op, refreshWanted = 0, refreshDone = 0 }) => !op && refreshWanted !== refreshDone,
    from: ({ refreshFrom = 0 }) => refreshFrom,
    since: ({ refreshFailingSince }) => refreshFailingSince,
  },
];

/** Whether Stripe has yet to confirm what is wanted. */
export function isBehind({ subscription, desiredVersion, appliedVersion }: Ledger): boolean {
  return subscription !== undefined && desiredVersion !== appliedVersion;
}

/** Whether the card was declined for what is wanted now. A later change is tried again. */
export function isParked({ parked, desiredVersion }: Ledger): boolean {
  return parked?.version === desiredVersion;
}

/** The step that is due, among those that may be taken. */
export function dueStep(ledger: Ledger, now: number, steps: readonly Step[]): Step | undefined {
  return work.find(({ step, isOpen, from }) => steps.includes(step) && isOpen(ledger) && from(ledger) <= now)
    ?.step;
}

/** When there is something to do; undefined where nothing is open. */
export function dueAt(ledger: Ledger): number | undefined {
  const open = work.filter(({ isOpen }) => isOpen(ledger));
  return open.length > 0 ? Math.min(...open.map(({ from }) => from(ledger))) : undefined;
}

/** Since when Stripe has been asked in vain for something that is still open; undefined where nothing is. */
export function waitsSince(ledger: Ledger): number | undefined {
  const since = work.filter(({ isOpen }) => isOpen(ledger)).flatMap((one) => one.since(ledger) ?? []);
  return since.length > 0 ? Math.min(...since) : undefined;
}

/** Whether Stripe may have news of the business that no webhook told: then it is looked at by the hour. */
export function isWatched({ subscription, checkoutUntil = 0 }: Ledger, now: number): boolean {
  return subscription !== undefined || now < checkoutUntil;
}

/** Whether nothing is to be said to Stripe: it has confirmed what is wanted, or the card was declined for it. */
export function isSettled(ledger: Ledger): boolean {
  return ledger.subscription !== undefined && !ledger.op && (!isBehind(ledger) || isParked(ledger));
}
