/** In the place of `node:timers` and `node:timers/promises`: waits in virtual time. */
import { current } from "./time.ts";

interface Timer {
  cancelled: boolean;
}

/** Both forms: with something to call (`node:timers`), and without (`node:timers/promises`). */
export function setTimeout(first: number | (() => void), delay = 0): Promise<void> | Timer {
  if (typeof first === "number") return current.timeline.sleep(first);
  const timer = { cancelled: false };
  current.timeline.after(delay, () => {
    if (!timer.cancelled) first();
  });
  return timer;
}

export function clearTimeout(timer?: Timer): void {
  if (timer) timer.cancelled = true;
}
