import type { Page, PageOf } from "../table/read.ts";

/** What a walk over shards of due work goes by. */
export interface Walk<Item> {
  readonly shards: number;
  readonly now: number;
  readonly timeLeft: () => number;
  readonly page: (shard: number, page: Page) => Promise<PageOf<Item>>;
  /** Does the work of some items at once; answers false where the rest had better wait for the next tick. */
  readonly attend: (items: readonly Item[]) => Promise<boolean>;
}

/** With less time left than this, in milliseconds, the next tick goes on. */
const reserve = 15_000;
const pageSize = 50;
const atOnce = 10;

/** Walks all that is due, shard by shard and page by page, beginning at another shard each minute; answers how many. */
export async function walk<Item>({ shards, now, timeLeft, page, attend }: Walk<Item>): Promise<number> {
  const first = Math.floor(now / 60_000);
  let attended = 0;
  for (let n = 0; n < shards; n += 1) {
    let after: string | undefined;
    do {
      const due: PageOf<Item> = await page((first + n) % shards, { limit: pageSize, after });
      for (let from = 0; from < due.items.length; from += atOnce) {
        if (timeLeft() < reserve) return attended;
        const items = due.items.slice(from, from + atOnce);
        attended += items.length;
        if (!(await attend(items))) return attended;
      }
      after = due.after;
    } while (after !== undefined);
  }
  return attended;
}
