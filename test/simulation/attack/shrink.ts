import { play } from "./play.ts";
import type { Act, Schedule } from "./schedule.ts";

const mostTries = 400;

/** The smallest part of a schedule that still breaks an invariant: fewer deeds, faults and changes, none of them twice. */
export async function shrink(schedule: Schedule, invariant: string): Promise<Schedule> {
  let tries = 0;
  const breaks = async (candidate: Schedule): Promise<boolean> => {
    tries += 1;
    if (tries > mostTries) return false;
    return (await play(candidate)).violations.some((violation) => violation.invariant === invariant);
  };
  let smallest = schedule;
  for (let before: Schedule | undefined; before !== smallest; ) {
    before = smallest;
    for (const simpler of simplerThan(smallest)) {
      if (!(await breaks(simpler))) continue;
      smallest = simpler;
      break;
    }
  }
  return smallest;
}

/** Every way in which a schedule can be made simpler by one step, the larger ones first. */
function* simplerThan(schedule: Schedule): Generator<Schedule> {
  const { acts, faults, weather } = schedule;
  for (const part of without(acts)) yield { ...schedule, acts: part };
  for (const part of without(faults)) yield { ...schedule, faults: part };
  for (const part of without(weather)) yield { ...schedule, weather: part };
  for (const [n, act] of acts.entries()) {
    const simpler: Act = { ...act, times: 1, skew: 0 };
    if (act.times > 1 || act.skew !== 0)
      yield { ...schedule, acts: [...acts.slice(0, n), simpler, ...acts.slice(n + 1)] };
  }
}

/** A list without its halves, then without each of its members. */
function* without<Member>(list: readonly Member[]): Generator<Member[]> {
  const half = list.length >> 1;
  if (half > 0) {
    yield list.slice(half);
    yield list.slice(0, half);
  }
  for (const n of list.keys()) yield list.filter((_, other) => other !== n);
}
