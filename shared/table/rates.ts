import type { Write } from "./commit.ts";
import { key } from "./schema.ts";

/** How often something may be done: so many times in each window, which begins at a round time. */
export interface Rate {
  /** What is counted, and for whom. */
  readonly scope: string;
  readonly limit: number;
  /** In milliseconds. */
  readonly window: number;
}

/** The write that counts `by` more, where the limit allows it; `orElse` is told how many it would still have allowed. */
export function count(
  { scope, limit, window }: Rate,
  by: number,
  now: number,
  orElse: (left: number, retryAfter: number) => Error,
): Write {
  const start = now - (now % window);
  const end = start + window;
  return {
    update: key.rate(scope, new Date(start).toISOString()),
    add: { count: by },
    set: { expiresAtTtl: Math.ceil((end + window) / 1_000) },
    when: by > limit ? { count: { below: 0 } } : { count: { belowOrAbsent: limit - by + 1 } },
    orElse: (found) => orElse(limit - Number(found?.count ?? 0), Math.ceil((end - now) / 1_000)),
  };
}
