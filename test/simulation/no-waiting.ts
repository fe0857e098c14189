/** In the place of `node:timers/promises`, by an alias in vitest.config.ts: nobody waits here, and how long is noted. */
export const waits: number[] = [];

export const setTimeout = async (milliseconds: number): Promise<void> => {
  waits.push(milliseconds);
};
