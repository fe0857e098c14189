/** Waiting on the run's clock, which ends early when there is reason to, and for good when the waiter is stopped. */
import type { Clock } from "./clock.ts";

export class Stopped extends Error {}

export function waiter(clock: Clock) {
  let stopped = false;
  let poked = false;
  let end = (_early: boolean) => {};
  const check = () => {
    if (stopped) throw new Stopped();
  };
  return {
    /** Throws once it is stopped. */
    check,
    /** From now on, a poke ends the next wait for one. */
    rearm() {
      poked = false;
    },
    poke() {
      poked = true;
      end(true);
    },
    stop() {
      stopped = true;
      end(false);
    },
    /** Until `ms` have passed; with `early`, or until something pokes. */
    async wait(ms: number, early = false): Promise<void> {
      check();
      if (early && poked) return;
      await new Promise<void>((resolve) => {
        const forget = clock.after(ms, resolve);
        end = (byPoke) => {
          if (byPoke && !early) return;
          forget();
          resolve();
        };
      });
      check();
    },
  };
}
