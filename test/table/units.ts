/** What calls to DynamoDB cost, by the arithmetic of its on-demand billing, from the sizes of items. */

/** How large an item of each kind is in the cast of the budgets: bytes of its names and values, rounded up. */
export const sizes = {
  identity: 280,
  user: 480,
  userMember: 160,
  email: 210,
  event: 240,
  business: 220,
  ledger: 100,
  member: 430,
  record: 280,
  invitation: 640,
  invited: 200,
  rate: 90,
  userCode: 120,
  terms: 180,
  stripeCustomer: 100,
  stripeEvent: 150,
  /** An invitation in the index of what is due. */
  dueKeys: 150,
} as const;

export type Kind = keyof typeof sizes;

/** One call, in request units. */
export interface Call {
  readonly what: string;
  readonly reads: number;
  readonly writes: number;
  readonly commits?: true;
}

/** A strongly consistent read takes a unit for each 4 KB that it has begun, and one where there is nothing. */
const readUnits = (bytes: number) => Math.max(1, Math.ceil(bytes / 4_096));
/** A write takes a unit for each KB that it has begun. */
const writeUnits = (bytes: number) => Math.max(1, Math.ceil(bytes / 1_024));

export const get = (kind: Kind): Call => ({ what: `get ${kind}`, reads: readUnits(sizes[kind]), writes: 0 });

/** Each item of a batch is rounded up by itself. */
export const getBatch = (kind: Kind, count: number): Call => ({
  what: `get ${count} × ${kind}`,
  reads: count * readUnits(sizes[kind]),
  writes: 0,
});

/** The items of a query are summed before they are rounded up. */
export const query = (kind: Kind, count: number): Call => ({
  what: `query ${count} × ${kind}`,
  reads: readUnits(count * sizes[kind]),
  writes: 0,
});

/** Indexes are read eventually consistently, which halves it. */
export const queryIndex = (kind: Kind, count: number): Call => ({
  what: `query ${count} × ${kind} in an index`,
  reads: readUnits(count * sizes[kind]) / 2,
  writes: 0,
});

/** `more`: bytes that the update adds; `entries`: those of indexes that are written besides. */
export const update = (kind: Kind, more = 0, entries = 0): Call => ({
  what: `update ${kind}`,
  reads: 0,
  writes: (1 + entries) * writeUnits(sizes[kind] + more),
});

/** A write of an item that is in indexes: so many of their entries are written besides, one where a key changes twice. */
export interface Indexed {
  readonly kind: Kind;
  readonly entries: number;
}

/** An invitation enters both indexes. */
export const opened: Indexed = { kind: "invitation", entries: 2 };
/** It leaves them. */
export const ended: Indexed = { kind: "invitation", entries: 2 };
/** It stays on the list of the person, and leaves its place among what is due for another. */
export const due: Indexed = { kind: "invitation", entries: 3 };

/** A ledger enters the index of what is due, or changes its place there. */
export const placed: Indexed = { kind: "ledger", entries: 1 };
export const moved: Indexed = { kind: "ledger", entries: 2 };

/**
 * In a transaction every put, update, delete and check costs twice what it costs alone; what follows in the indexes
 * costs the same.
 */
export const commit = (...writes: readonly (Kind | Indexed)[]): Call => {
  const indexed = writes.map((write) => (typeof write === "string" ? { kind: write, entries: 0 } : write));
  return {
    what: `commit ${indexed.map(({ kind }) => kind).join(", ")}`,
    reads: 0,
    writes: indexed.reduce((sum, { kind, entries }) => sum + (2 + entries) * writeUnits(sizes[kind]), 0),
    commits: true,
  };
};

/** The same writes for each of several things. */
export const times = <T>(count: number, ...writes: T[]): T[] =>
  Array.from({ length: count }, () => writes).flat();
