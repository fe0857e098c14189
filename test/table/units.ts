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

/** `more`: bytes that the update adds. */
export const update = (kind: Kind, more = 0): Call => ({
  what: `update ${kind}`,
  reads: 0,
  writes: writeUnits(sizes[kind] + more),
});

/** In a transaction every put, update, delete and check costs twice what it costs alone. */
export const commit = (...kinds: readonly Kind[]): Call => ({
  what: `commit ${kinds.join(", ")}`,
  reads: 0,
  writes: kinds.reduce((sum, kind) => sum + 2 * writeUnits(sizes[kind]), 0),
  commits: true,
});
