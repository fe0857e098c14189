import { type IndexName, schema } from "../../shared/table/schema.ts";
import type { Item } from "./expressions.ts";

type Partitions = Map<string, Map<string, Item>>;

/** Items by their place (`pk\nsk`), found by partition as well, of the table and of its indexes. */
export class Items extends Map<string, Item> {
  readonly #partitions: Partitions = new Map();
  readonly #indexes = new Map<string, Partitions>(
    Object.keys(schema.indexes).map((name) => [name, new Map()]),
  );
  /** Called with what was at a place before, and is after. */
  changed: (before: Item | undefined, after: Item | undefined) => void = () => {};
  /** When an index hears of a change: at once, unless a simulation makes it lag behind. */
  lag: (hear: () => void) => void = (hear) => hear();

  override set(at: string, item: Item): this {
    const before = this.get(at);
    super.set(at, item);
    move(this.#partitions, "pk", at, before, item);
    this.#tell(at, before, item);
    return this;
  }

  override delete(at: string): boolean {
    const before = this.get(at);
    move(this.#partitions, "pk", at, before, undefined);
    this.#tell(at, before, undefined);
    return super.delete(at);
  }

  override clear(): void {
    super.clear();
    this.#partitions.clear();
    for (const index of this.#indexes.values()) index.clear();
  }

  of(pk: string): Iterable<Item> {
    return this.#partitions.get(pk)?.values() ?? [];
  }

  /** What an index knows of a partition of its own. */
  inIndex(index: string, pk: string): Iterable<Item> {
    return this.#indexes.get(index)?.get(pk)?.values() ?? [];
  }

  #tell(at: string, before: Item | undefined, after: Item | undefined): void {
    this.changed(before, after);
    if (!isIndexed(before) && !isIndexed(after)) return;
    this.lag(() => {
      for (const [name, index] of this.#indexes) {
        const { partitionKey, sortKey } = schema.indexes[name as IndexName];
        const stands = (item: Item | undefined) => (item?.[sortKey] === undefined ? undefined : item);
        move(index, partitionKey, at, stands(before), stands(after));
      }
    });
  }
}

function isIndexed(item: Item | undefined): boolean {
  return item !== undefined && (item.gsi1pk !== undefined || item.gsi2pk !== undefined);
}

function move(
  partitions: Partitions,
  by: string,
  at: string,
  before: Item | undefined,
  after: Item | undefined,
): void {
  const [from, to] = [before?.[by], after?.[by]] as [string | undefined, string | undefined];
  if (from !== undefined && from !== to) partitions.get(from)?.delete(at);
  if (to === undefined || !after) return;
  const partition = partitions.get(to) ?? new Map<string, Item>();
  partitions.set(to, partition.set(at, after));
}
