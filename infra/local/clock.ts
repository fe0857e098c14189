/** One clock for the whole run: the machine's, moved ahead by an offset that outlives the run. */
import { z } from "zod";
import type { State } from "./state.ts";

export type Clock = {
  now(): number;
  offsetMs(): number;
  /** Moves time ahead by an ISO 8601 duration, such as `P1D` or `PT90M`; answers the new time. */
  advance(duration: string): number;
  /** Calls back when so many milliseconds have passed on this clock; answers how to forget it. */
  after(ms: number, callback: () => void): () => void;
  /** Forgets all that was to be called back. */
  stop(): void;
};

type Timer = { due: number; callback: () => void; handle?: NodeJS.Timeout };
/** The longest that Node.js can wait at once. */
const LONGEST_MS = 2 ** 31 - 1;

export function openClock(state: State): Clock {
  let offset = z
    .object({ offsetMs: z.number() })
    .catch({ offsetMs: 0 })
    .parse(state.read("clock.json")).offsetMs;
  const timers = new Set<Timer>();
  function arm(timer: Timer): void {
    clearTimeout(timer.handle);
    const left = Math.max(0, timer.due - clock.now());
    timer.handle = setTimeout(() => ring(timer), Math.min(left, LONGEST_MS)).unref();
  }
  function ring(timer: Timer): void {
    if (timer.due > clock.now()) arm(timer);
    else if (timers.delete(timer)) timer.callback();
  }
  const clock: Clock = {
    now: () => Date.now() + offset,
    offsetMs: () => offset,
    advance(duration) {
      const now = clock.now();
      offset += addDuration(now, duration) - now;
      state.write("clock.json", { offsetMs: offset });
      for (const timer of timers) arm(timer);
      return clock.now();
    },
    after(ms, callback) {
      const timer: Timer = { due: clock.now() + ms, callback };
      timers.add(timer);
      arm(timer);
      return () => {
        clearTimeout(timer.handle);
        timers.delete(timer);
      };
    },
    stop() {
      for (const { handle } of timers) clearTimeout(handle);
      timers.clear();
    },
  };
  return clock;
}

const DURATION =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const LAST_MOMENT = Date.UTC(9999, 0);

/** `time` plus an ISO 8601 duration; years and months are those of the calendar, in UTC. */
export function addDuration(time: number, duration: string): number {
  const parts = DURATION.exec(duration);
  if (!parts)
    throw new RangeError(`"${duration}" is no ISO 8601 duration, such as P1D, PT90M or P1Y2M3DT4H5M6S.`);
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const date = new Date(time);
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months);
  const later = date.getTime() + ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  if (!(later < LAST_MOMENT)) throw new RangeError(`"${duration}" leads beyond the year 9999.`);
  return Math.round(later);
}
