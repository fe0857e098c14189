import { Busy, Failed } from "../domain/failures.ts";
import { canMove } from "../domain/invitations.ts";
import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { type Ended, endAndRelease } from "./end-invitation.ts";
import { type InvitedItem, invitationById } from "./invitations.ts";
import { queryAll } from "./query.ts";
import { ChangedMeanwhile } from "./retry.ts";
import { type Key, key } from "./schema.ts";

/** How many invitations of a business end in one transaction, with one change of its licenses. */
const perTransaction = 20;

/** An invitation that can't be expired, and why. */
export interface Stuck {
  readonly id: string;
  readonly error: unknown;
}

/**
 * Expires overdue invitations of one business, and gives back their licenses. Those that have moved meanwhile stay;
 * one that can't be expired holds up none of the others and is answered.
 */
export const expireInvitations = {
  name: "expireInvitations",
  needs: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["BUSINESS"] },
    { actions: ["dynamodb:PutItem", "dynamodb:DeleteItem"], partitions: ["BUSINESS"] },
  ],
  fails: [Busy],
  async run(context: Context, businessId: string, overdue: readonly Ended[]): Promise<Stuck[]> {
    const stuck: Stuck[] = [];
    for (let from = 0; from < overdue.length; from += perTransaction) {
      stuck.push(...(await expireBatch(context, businessId, overdue.slice(from, from + perTransaction))));
    }
    return stuck;
  },
} satisfies Operation;

/** All at once, or where that fails one by one. */
async function expireBatch(context: Context, businessId: string, batch: readonly Ended[]): Promise<Stuck[]> {
  try {
    await commit(context, endAndRelease(context, businessId, batch, "expire"));
    return [];
  } catch (error) {
    if (error instanceof Failed) throw error;
    const [first, second] = batch;
    if (first && !second) return (await isStuck(context, first, error)) ? [{ id: first.id, error }] : [];
    const stuck: Stuck[] = [];
    for (const one of batch) stuck.push(...(await expireBatch(context, businessId, [one])));
    return stuck;
  }
}

/** Whether an invitation can't be expired, rather than having moved since it was read. */
async function isStuck(context: Context, { businessId, id }: Ended, error: unknown): Promise<boolean> {
  if (!(error instanceof ChangedMeanwhile)) return true;
  const now = await invitationById.run(context, businessId, id);
  return now !== undefined && canMove("expire", now, context.now);
}

/** Expires whatever of a business is overdue, and answers when the next one will be (milliseconds; or never). */
export async function expireOverdue(context: Context, businessId: string): Promise<number> {
  const { pk } = key.business(businessId);
  const claims = await queryAll<InvitedItem & Key>(context, { pk, prefix: "INVITED#" });
  const isOverdue = ({ expiresAt }: InvitedItem) => expiresAt <= context.now;
  const overdue = claims.filter(isOverdue).map(({ sk, invitationId }) => ({
    id: invitationId,
    businessId,
    emailKey: sk.slice("INVITED#".length),
  }));
  await expireInvitations.run(context, businessId, overdue);
  return Math.min(...claims.filter((claim) => !isOverdue(claim)).map(({ expiresAt }) => expiresAt), Infinity);
}
