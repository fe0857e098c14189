/** In the place of `node:timers` and `node:timers/promises`: waits in virtual time. */
import { current, type Happening } from "./time.ts";

/** Both forms: with something to call (`node:timers`), and without (`node:timers/promises`). */
export function setTimeout(first: number | (() => void), delay = 0): Promise<void> | Happening {
  return typeof first === "number" ? current.timeline.sleep(first) : current.timeline.after(delay, first);
}

export function clearTimeout(timer?: Happening): void {
  if (timer) timer.run = undefined;
}
