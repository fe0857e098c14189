/**
 * What the local Stripe knows, in a journal in the state folder: one line for each change, all of it or nothing, so
 * that whoever is killed in the middle leaves what was before. What is stored is frozen: a change puts a new one.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Kind, Stored } from "./stored.ts";

type Entry = [kind: Kind, id: string, value: unknown];

/** A change in the making; its reads see its own writes. */
export interface Change {
  get<K extends Kind>(kind: K, id: string): Stored[K] | undefined;
  /** The newest first. */
  all<K extends Kind>(kind: K): Stored[K][];
  put<K extends Kind>(kind: K, value: Stored[K]): void;
  remove(kind: Kind, id: string): void;
}

export type Store = ReturnType<typeof openStore>;

/** `keep` says what of the last run is still of interest. */
export function openStore(file: string, keep: (kind: Kind, value: unknown) => boolean = () => true) {
  const kinds = new Map<Kind, Map<string, unknown>>();
  const of = (kind: Kind) => {
    const found = kinds.get(kind) ?? new Map<string, unknown>();
    kinds.set(kind, found);
    return found;
  };
  const apply = ([kind, id, value]: Entry) => {
    if (value === null) of(kind).delete(id);
    else of(kind).set(id, freeze(value));
  };
  for (const entries of readJournal(file)) entries.forEach(apply);
  const left: Entry[] = [...kinds].flatMap(([kind, values]) =>
    [...values].flatMap(([id, value]): Entry[] => (keep(kind, value) ? [[kind, id, value]] : [])),
  );
  kinds.clear();
  left.forEach(apply);
  writeFileSync(`${file}.new`, `${JSON.stringify(left)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);

  function begin(): Change & { entries(): Entry[] } {
    const written = new Map<string, Entry>();
    const set = (kind: Kind, id: string, value: unknown) => written.set(`${kind} ${id}`, [kind, id, value]);
    return {
      get(kind, id) {
        const [, , value] = written.get(`${kind} ${id}`) ?? [kind, id, of(kind).get(id)];
        return (value ?? undefined) as never;
      },
      all(kind) {
        const values = new Map(of(kind));
        for (const [of, id, value] of written.values()) if (of === kind) values.set(id, value);
        return [...values.values()].filter((value) => value !== null).reverse() as never;
      },
      put: (kind, value) => void set(kind, value.id, freeze(value)),
      remove: (kind, id) => void set(kind, id, null),
      entries: () => [...written.values()],
    };
  }

  return {
    /** Carries out a change as a whole; where it throws, nothing has happened. */
    change<Result>(make: (change: Change) => Result): Result {
      const change = begin();
      const result = make(change);
      const entries = change.entries();
      if (entries.length > 0) appendFileSync(file, `${JSON.stringify(entries)}\n`);
      entries.forEach(apply);
      return result;
    },
    /** Carries it out and forgets it. */
    imagine<Result>(make: (change: Change) => Result): Result {
      return make(begin());
    },
  };
}

/** The last line may be half of one. */
function readJournal(file: string): Entry[][] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry[]);
}

function freeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
