import type { Page, PageOf } from "../table/query.ts";

/** What a walk over shards of due work goes by. */
export interface Walk<Item> {
  readonly shards: number;
  readonly now: number;
  /** The time between two walks, in milliseconds. */
  readonly period: number;
  readonly timeLeft: () => number;
  readonly page: (shard: number, page: Page) => Promise<PageOf<Item>>;
  /** How many items are attended to at once; by default 10. */
  readonly atOnce?: number;
  /** Does the work of some items at once; answers false where the rest had better wait for the next tick. */
  readonly attend: (items: readonly Item[]) => Promise<boolean>;
}

/** With less time left than this, in milliseconds, the next tick goes on. */
const reserve = 15_000;
const pageSize = 50;

/**
 * Walks all that is due, shard by shard and page by page, beginning with the next shard each time; answers how many. A
 * shard that fails holds up none of the others: it is told at the end.
 */
export async function walk<Item>(of: Walk<Item>): Promise<number> {
  const first = Math.floor(of.now / of.period);
  let attended = 0;
  let failure: { readonly error: unknown } | undefined;
  for (let n = 0; n < of.shards; n += 1) {
    const done = await walkShard(of, (first + n) % of.shards).catch((error): Walked => {
      failure ??= { error };
      return { attended: 0, goesOn: true };
    });
    attended += done.attended;
    if (!done.goesOn) break;
  }
  if (failure) throw failure.error;
  return attended;
}

interface Walked {
  readonly attended: number;
  readonly goesOn: boolean;
}

async function walkShard<Item>(
  { timeLeft, page, attend, atOnce = 10 }: Walk<Item>,
  shard: number,
): Promise<Walked> {
  let attended = 0;
  let after: string | undefined;
  do {
    if (timeLeft() < reserve) return { attended, goesOn: false };
    const due: PageOf<Item> = await page(shard, { limit: pageSize, after });
    for (let from = 0; from < due.items.length; from += atOnce) {
      if (timeLeft() < reserve) return { attended, goesOn: false };
      const items = due.items.slice(from, from + atOnce);
      attended += items.length;
      if (!(await attend(items))) return { attended, goesOn: false };
    }
    after = due.after;
  } while (after !== undefined);
  return { attended, goesOn: true };
}
