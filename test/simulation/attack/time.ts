import { numbersFrom } from "../interleaving.ts";

export interface Happening {
  readonly at: number;
  readonly order: number;
  /** Undefined where it was cancelled. */
  run: (() => void) | undefined;
}

/**
 * Runs all that has been promised, and what follows from it. Without Node.js' own turn after each thing that happens,
 * which takes a quarter of the time: nothing here waits for anything real.
 */
const { _tickCallback: settle } = process as unknown as { readonly _tickCallback: () => void };

/**
 * Virtual time and chance: whatever waits, waits here, and one thing happens after the other, each with all that
 * follows from it at once. So a seed gives one course of events, and a day takes no time.
 */
export class Timeline {
  now: number;
  /** A whole number, 0 ≤ n < below. */
  readonly chance: (below: number) => number;
  readonly #heap: Happening[] = [];
  #order = 0;

  constructor(now: number, seed: number) {
    this.now = now;
    this.chance = numbersFrom(seed);
  }

  at(time: number, run: () => void): Happening {
    this.#order += 1;
    const heap = this.#heap;
    const happening: Happening = { at: Math.max(Math.ceil(time), this.now), order: this.#order, run };
    let place = heap.push(happening) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(happening, heap[parent] as Happening)) break;
      heap[place] = heap[parent] as Happening;
      place = parent;
    }
    heap[place] = happening;
    return happening;
  }

  after(delay: number, run: () => void): Happening {
    return this.at(this.now + delay, run);
  }

  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => this.after(delay, resolve));
  }

  /** Lets everything happen until a time. */
  run(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          this.#pass(until);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #pass(until: number): void {
    for (let next = this.#heap[0]; next && next.at <= until; next = this.#heap[0]) {
      this.#take();
      if (!next.run) continue;
      this.now = next.at;
      next.run();
      settle();
    }
    this.now = Math.max(this.now, until);
  }

  #take(): void {
    const heap = this.#heap;
    const last = heap.pop() as Happening;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Happening, heap[child] as Happening))
        child += 1;
      if (!isBefore(heap[child] as Happening, last)) break;
      heap[place] = heap[child] as Happening;
      place = child;
    }
    heap[place] = last;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** What the modules that stand in for Node.js' timers and crypto go by, and where the event bus is. */
export const current = {
  timeline: new Timeline(0, 0),
  /** What an EventBridge client sends. */
  putEvents: async (_command: { readonly input: unknown }): Promise<unknown> => ({}),
};
