import { createHash } from "node:crypto";

/** The index of what is due is divided by business, so that no partition of it is hot. */
export const shards = 8;

/** What it is that is due: an invitation, a ledger with open work, or a ledger that is looked at by the hour. */
export type DueKind = "INVITATION" | "LICENSES" | "RECONCILE";

export function shardOf(businessId: string): number {
  return (createHash("sha256").update(businessId).digest()[0] ?? 0) % shards;
}

export function duePartition(kind: DueKind, shard: number): string {
  return `DUE#${kind}#${shard}`;
}

/** A time as the index sorts it. */
export function dueTime(time: number): string {
  return new Date(time).toISOString();
}
