import { play } from "./play.ts";
import type { Act, Deed, Schedule, Weather } from "./schedule.ts";
import { minutes, seconds } from "./simulation.ts";
import { crashesOfEveryDay } from "./systematic.ts";

/** How long Stripe takes to have the seats, in simulated milliseconds, each run one of them; and how often it is called. */
export interface Figures {
  /** After one change with nothing else going on. */
  readonly isolated: readonly number[];
  /** After the last of 100 changes in a minute, and the calls that set a quantity. */
  readonly burst: readonly number[];
  readonly callsPerBurst: readonly number[];
  /** After Stripe is back from an outage, with changes before and in it. */
  readonly outage: readonly number[];
  /** After a function died in the middle of a change, at each of its I/Os. */
  readonly crash: readonly number[];
  /** Reads and updates of the ledger for Stripe's sake, by change: alone, and in a burst. */
  readonly ledger: { readonly isolated: LedgerCalls; readonly burst: LedgerCalls };
}

interface LedgerCalls {
  readonly reads: number;
  readonly updates: number;
}

/** What the ledgers' own moves took, for so many changes; a change itself is a transaction. */
function ledgerCalls(simulations: readonly Simulation[], changes: number): LedgerCalls {
  const count = (what: string) =>
    simulations.flatMap(({ invocations }) => invocations.ios).filter((io) => io.what === what).length;
  return { reads: count("Get LICENSES") / changes, updates: count("Update LICENSES") / changes };
}

const runs = 100;
const burstOf = 100;

const add = (whom: number): Deed => ({ do: "add", who: 0, whom, role: "Agent" });
const remove = (whom: number): Deed => ({ do: "remove", who: 0, whom });
const act = (n: number, at: number, deed: Deed): Act => ({
  id: `act${n}`,
  at,
  deed,
  times: 1,
  keyed: true,
  skew: 0,
});

function scheduleOf(seed: number, acts: readonly Act[], weather: readonly Weather[] = []): Schedule {
  return { seed, proration: "create_prorations", subscribed: true, slow: 1_000, acts, faults: [], weather };
}

async function settles(
  schedule: Schedule,
  after: (simulation: Simulation) => number,
  isTraced = false,
): Promise<[number, Simulation]> {
  const { simulation } = await play(schedule, isTraced, false);
  const { settledAt } = simulation.watch;
  return [
    settledAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, settledAt - after(simulation)),
    simulation,
  ];
}

type Simulation = Awaited<ReturnType<typeof play>>["simulation"];

/** Three people come and go, one change after the other. */
function burst(seed: number): Schedule {
  const deeds = Array.from({ length: burstOf }, (_, n) =>
    n % 6 < 3 ? add(3 + (n % 3)) : remove(3 + (n % 3)),
  );
  return scheduleOf(
    seed,
    deeds.map((deed, n) => act(n, n * 590, deed)),
  );
}

/** Changes, then Stripe goes down for ten minutes, with another change in them. */
function outage(seed: number): Schedule {
  const acts = [
    act(1, 1 * seconds, add(3)),
    act(2, (20 + seed) * seconds, add(4)),
    act(3, 5 * minutes, remove(3)),
  ];
  return scheduleOf(seed, acts, [
    { at: (seed % 10) * seconds, stripe: "down", mail: "well" },
    { at: 10 * minutes, stripe: "well", mail: "well" },
  ]);
}

export async function figures(): Promise<Figures> {
  const [isolated, burstTimes, callsPerBurst]: [number[], number[], number[]] = [[], [], []];
  const [outages, crash]: [number[], number[]] = [[], []];
  const [alone, bursts]: [Simulation[], Simulation[]] = [[], []];
  const changed = ({ watch }: Simulation) => watch.changedAt;
  for (let seed = 1; seed <= runs; seed += 1) {
    const [time, simulation] = await settles(scheduleOf(seed, [act(1, 1 * seconds, add(3))]), changed, true);
    isolated.push(time);
    alone.push(simulation);
  }
  for (let seed = 1; seed <= runs / 10; seed += 1) {
    const [time, simulation] = await settles(burst(seed), changed, true);
    burstTimes.push(time);
    callsPerBurst.push(simulation.stripe.carriedOut.length);
    bursts.push(simulation);
  }
  for (let seed = 1; seed <= runs / 2; seed += 1) {
    const [time] = await settles(outage(seed), ({ watch }) => watch.beganAt + 10 * minutes);
    outages.push(time);
  }
  for (const schedule of await crashesOfEveryDay(play)) {
    const [time] = await settles(schedule, ({ invocations, watch }) =>
      Math.max(invocations.lastFaultAt, watch.changedAt),
    );
    crash.push(time);
  }
  const ledger = {
    isolated: ledgerCalls(alone, alone.length),
    burst: ledgerCalls(bursts, bursts.length * burstOf),
  };
  return { isolated, burst: burstTimes, callsPerBurst, outage: outages, crash, ledger };
}

/** The value that so much of a hundred are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}
