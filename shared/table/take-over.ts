import { ranksAtLeast, roleOf } from "../domain/accesses.ts";
import { Busy } from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { commit, type Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { identityKey } from "./identities.ts";
import { listUserMembers, type MemberItem, type UserMemberItem } from "./members.ts";
import { changedMeanwhile, decideAnew } from "./optimistic.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";
import { type Identity, ownUser } from "./users.ts";

/** Whose memberships move to whom. */
interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Moves every membership of a user nobody had signed in as to the one who proved to own their email, each in a
 * transaction of its own, then forgets the task. Ended in the middle, the next call goes on where it stopped.
 */
export const takeOver = {
  name: "takeOver",
  needs: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["USER", "BUSINESS", "IDENTITY"] },
    { actions: ["dynamodb:Query"], partitions: ["USER"] },
    { actions: ["dynamodb:PutItem", "dynamodb:DeleteItem"], partitions: ["USER", "BUSINESS"] },
  ],
  fails: [Busy],
  async run(context: Context, identity: Identity & { readonly userId: string }, from: string): Promise<void> {
    const move = { from, to: identity.userId };
    for (;;) {
      const { items } = await listUserMembers.run(context, from, { limit: 25 });
      if (items.length === 0) break;
      for (const item of items) await decideAnew(() => moveMember(context, move, item));
    }
    await commit(context, [{ update: identityKey(identity), remove: ["takingOver"], when: "exists" }]);
  },
} satisfies Operation;

/** A licence moves with the membership; where both are members the higher access stays and one licence is released. */
async function moveMember(context: Context, { from, to }: Move, { businessId, ...side }: UserMemberItem) {
  const [theirs, own, user] = await Promise.all([
    get<MemberItem>(context, key.member(businessId, from)),
    get<MemberItem>(context, key.member(businessId, to)),
    ownUser.run(context, to),
  ]);
  if (!theirs) return; // another request has moved it
  const both = own?.state === "Active";
  const ownRanksHigher = both && ranksAtLeast(roleOf(own.access), roleOf(theirs.access));
  const access = ownRanksHigher ? own.access : theirs.access;
  const ownersLess = both && roleOf(own.access) === "Owner" && roleOf(theirs.access) === "Owner" ? -1 : 0;
  const member: MemberItem = both ? { ...own, access } : { ...theirs, userId: to };
  const writes: Write[] = [
    {
      delete: key.member(businessId, from),
      when: { access: theirs.access, state: theirs.state },
      orElse: changedMeanwhile,
    },
    { delete: key.userMember(from, businessId), when: "exists", orElse: changedMeanwhile },
    {
      put: key.member(businessId, to),
      item: member,
      when: own ? { access: own.access, state: own.state } : "missing",
      orElse: changedMeanwhile,
    },
    { update: key.user(from), add: { membershipsVersion: 1 }, when: { takenOverBy: to } },
    {
      update: key.user(to),
      setOnce: { currentBusinessId: businessId },
      add: { membershipsVersion: 1 },
      when: { membershipsVersion: user.membershipsVersion },
      orElse: changedMeanwhile,
    },
    {
      update: key.licenses(businessId),
      add: { revision: 1, ...(both && { seats: -1, desiredVersion: 1 }) },
      when: "exists",
    },
    businessEvent(context, businessId, { type: "member.taken_over", actorUserId: to, subjectId: member.id }),
  ];
  if (!both)
    writes.push({ put: key.userMember(to, businessId), item: { businessId, ...side }, when: "missing" });
  if (ownersLess)
    writes.push({ update: key.business(businessId), add: { ownerCount: ownersLess }, when: "exists" });
  await commit(context, writes);
}
