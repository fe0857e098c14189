import { higherRole, ranksAtLeast, roleOf } from "../domain/accesses.ts";
import { AlreadyInvited, AlreadyMember, Failed, RoleTooHigh } from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { type BusinessItem, businessById } from "./businesses.ts";
import { commit, type Write } from "./commit.ts";
import { type Draft, draftOf, type Invitee, notMembers, openingWrites } from "./draft-invitation.ts";
import type { Outcome } from "./idempotency.ts";
import type { EmailItem } from "./identities.ts";
import { invitationLimits } from "./invitation-limits.ts";
import type { InvitationItem } from "./invitations.ts";
import { callerMay, type Member } from "./members.ts";
import { getAll } from "./read.ts";
import { decideAnew } from "./retry.ts";
import { type Key, key } from "./schema.ts";

/** What opening an invitation needs, whether it is new or was before. */
export const openingNeeds = [
  { actions: ["dynamodb:GetItem", "dynamodb:Query"], partitions: ["BUSINESS"] },
  { actions: ["dynamodb:BatchGetItem"], partitions: ["EMAIL"] },
  { actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], partitions: ["BUSINESS"] },
  { actions: ["dynamodb:ConditionCheckItem"], partitions: ["BUSINESS", "EMAIL"] },
  { actions: ["dynamodb:UpdateItem"], partitions: ["RATE"] },
  { setting: "invitations" },
] as const satisfies Operation["needs"];

/** Reads who the addresses belong to, and refuses roles above the caller's own and an address that is named twice. */
export async function prepare(context: Context, caller: Member, invitees: readonly Invitee[]) {
  const keys = [...new Set(invitees.map(({ email }) => email.key))];
  const [{ business }, claims, { access }] = await Promise.all([
    businessById.run(context, caller.businessId),
    getAll<EmailItem & Key>(
      context,
      keys.map((emailKey) => key.email(emailKey)),
    ),
    caller.membership(),
  ]);
  const claimsByKey = new Map(claims.map((claim) => [claim.pk, claim]));
  const seen = new Set<string>();
  const drafts = invitees.map((invitee) => {
    const draft = draftOf(invitee, claimsByKey.get(key.email(invitee.email.key).pk), context.now);
    if (!ranksAtLeast(roleOf(access), roleOf(invitee.access))) draft.refused = new Failed(RoleTooHigh);
    else if (draft.holders.includes(caller.userId)) draft.refused = new Failed(AlreadyMember);
    else if (seen.has(invitee.email.key)) draft.refused = new Failed(AlreadyInvited);
    if (!draft.refused) seen.add(invitee.email.key);
    return draft;
  });
  return { business, drafts };
}

/** A draft and the invitation that it is to be: as it is stored, or as it was resent. */
export interface Opening {
  readonly draft: Draft;
  readonly invitation: InvitationItem;
  /** The write of the invitation itself, where that is not new. */
  readonly reopening?: Write;
}

interface Batch {
  readonly caller: Member;
  readonly business: BusinessItem;
  readonly perInviter: number;
  readonly outcome: Outcome | undefined;
  /** What else belongs to the transaction. */
  readonly besides?: readonly Write[];
}

/**
 * Opens in one transaction what isn't refused; what a transaction finds against some, it opens the others without.
 * Answers whether any was opened.
 */
export async function open(context: Context, batch: Batch, openings: readonly Opening[]): Promise<boolean> {
  const { caller, outcome, besides = [] } = batch;
  const limits = invitationLimits(context, batch);
  return decideAnew(context, async () => {
    const left = openings.filter(({ draft }) => !draft.refused);
    if (left.length === 0) return false;
    const drafts = left.map(({ draft }) => draft);
    await limits.makeRoom();
    await commit(
      context,
      [
        callerMay(caller, drafts.map(({ access }) => roleOf(access)).reduce(higherRole)),
        ...left.flatMap(({ draft, invitation, reopening }) =>
          openingWrites(context, draft, invitation, reopening),
        ),
        ...notMembers(caller, drafts),
        ...limits.writes(drafts),
        ...besides,
      ],
      outcome,
    );
    return true;
  });
}
