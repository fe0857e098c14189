import type { Context, Operation } from "../operation.ts";
import { type DueKind, duePartition, dueTime } from "./due.ts";
import type { Page, PageOf } from "./query.ts";
import { queryIndex } from "./query-index.ts";
import type { Key } from "./schema.ts";

/** A page of the businesses of a shard whose ledgers are due since before a time, those that wait longest first. */
export const dueLedgers = {
  name: "dueLedgers",
  needs: [{ actions: ["dynamodb:Query"], partitions: ["DUE"], index: "gsi2" }],
  async run(
    context: Context,
    kind: DueKind,
    shard: number,
    before: number,
    page: Page,
  ): Promise<PageOf<string>> {
    const list = { index: "gsi2", pk: duePartition(kind, shard), upTo: dueTime(before) } as const;
    const { items, after } = await queryIndex<Key>(context, list, page);
    return { items: items.map(({ pk }) => businessIdOf(pk)), after };
  },
} satisfies Operation;

/** The business in whose partition an item is. */
export function businessIdOf(pk: string): string {
  return pk.slice("BUSINESS#".length);
}
