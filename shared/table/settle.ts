import { ranksAtLeast, roleOf } from "../domain/accesses.ts";
import { Busy } from "../domain/failures.ts";
import type { Identity } from "../domain/people.ts";
import type { Context, Operation } from "../operation.ts";
import { oneOwnerLess } from "./change-member.ts";
import { commit, type Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { identityKey, type Unsettled } from "./identities.ts";
import { memberId } from "./ids.ts";
import { changeSeats } from "./licenses.ts";
import type { MemberItem, UserMemberItem } from "./members.ts";
import { get } from "./read.ts";
import { ChangedMeanwhile, changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { inactiveMemberships, showWrites, userMemberships } from "./shown.ts";
import { ownUser } from "./users.ts";

/** Whose memberships move to whom. */
interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Does what a sign-in has left to be done: moves every membership of a user nobody had signed in as to the one who
 * proved to own their email, each in a transaction of its own, and shows the user's name and email in all of them.
 * Ended in the middle, the next call goes on where it stopped.
 */
export const settle = {
  name: "settle",
  needs: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["USER", "BUSINESS", "IDENTITY"] },
    { actions: ["dynamodb:Query", "dynamodb:ConditionCheckItem"], partitions: ["USER"] },
    { actions: ["dynamodb:PutItem", "dynamodb:DeleteItem"], partitions: ["USER", "BUSINESS"] },
  ],
  fails: [Busy],
  async run(context: Context, identity: Identity & { readonly userId: string }, unsettled: Unsettled) {
    const { userId } = identity;
    for (const from of unsettled.takingOver) {
      for (const item of await userMemberships(context, from)) {
        await decideAnew(context, () => moveMember(context, { from, to: userId }, item));
      }
      for (const item of await inactiveMemberships(context, from)) {
        await decideAnew(context, () => moveInactive(context, { from, to: userId }, item));
      }
    }
    await decideAnew(context, async () => {
      const [user, memberships] = [
        await ownUser.run(context, userId),
        await userMemberships(context, userId),
      ];
      const [now, later] = showWrites(userId, memberships, user);
      const asRead = { check: key.user(userId), when: { version: user.version }, orElse: changedMeanwhile };
      for (const writes of [now, ...later]) await commit(context, [asRead, ...writes]);
    });
    await commit(context, [settled(identity, unsettled)]).catch((error) => {
      if (!(error instanceof ChangedMeanwhile)) throw error; // there is more to settle: the next request does it
    });
  },
} satisfies Operation;

/** The write that forgets the task, where another verified email has not left more of it meanwhile. */
function settled(identity: Identity, { verifiedEmail }: Unsettled): Write {
  return {
    update: identityKey(identity),
    remove: ["unsettled"],
    when: { verifiedEmail },
    orElse: changedMeanwhile,
  };
}

/** A license moves with the membership; where both are members the higher access stays and one license is released. */
async function moveMember(context: Context, { from, to }: Move, { businessId, joinedAt }: UserMemberItem) {
  const [theirs, own, user] = await Promise.all([
    get<MemberItem>(context, key.member(businessId, from)),
    get<MemberItem>(context, key.member(businessId, to)),
    ownUser.run(context, to),
  ]);
  if (!theirs) return; // another request has moved it
  const id = memberId(businessId, to);
  const isMember = own?.state === "Active";
  const ownRanksHigher = isMember && ranksAtLeast(roleOf(own.access), roleOf(theirs.access));
  const access = ownRanksHigher ? own.access : theirs.access;
  const bothAreOwners = isMember && roleOf(own.access) === "Owner" && roleOf(theirs.access) === "Owner";
  const member: MemberItem = isMember ? { ...theirs, ...own, access } : { ...theirs, id, userId: to };
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
    changeSeats(businessId, { seats: isMember ? -1 : 0 }),
    ...moveCode(theirs, own, to, isMember),
    businessEvent(context, businessId, { type: "member.taken_over", actorUserId: to, subjectId: to }),
  ];
  if (!isMember)
    writes.push({ put: key.userMember(to, businessId), item: { id, businessId, joinedAt }, when: "missing" });
  if (bothAreOwners) writes.push(oneOwnerLess(businessId));
  await commit(context, writes);
}

/** What a business calls them by goes with the membership, unless the person's own `stays` and has a code. */
function moveCode(theirs: MemberItem, own: MemberItem | undefined, to: string, stays: boolean): Write[] {
  const [their, before] = [theirs, own].map((member) =>
    member?.userCode ? key.userCode(member.businessId, member.userCode) : undefined,
  );
  const freed = stays && before ? their : stays ? undefined : before;
  const moved = stays && before ? undefined : their;
  return [...(freed ? [{ delete: freed }] : []), ...(moved ? [{ update: moved, set: { userId: to } }] : [])];
}

/** A membership that isn't active yet moves as it is, unless the person has one in that business already. */
async function moveInactive(context: Context, { from, to }: Move, { businessId }: { businessId: string }) {
  const [theirs, own] = await Promise.all([
    get<MemberItem>(context, key.member(businessId, from)),
    get<MemberItem>(context, key.member(businessId, to)),
  ]);
  const gone = { delete: key.userInactive(from, businessId) };
  if (theirs?.state !== "Inactive") return commit(context, [gone]); // let in, or moved, since
  const { access, state } = theirs;
  const stays = own !== undefined && own.state !== "Removed";
  const item = stays ? { ...theirs, ...own } : { ...theirs, id: memberId(businessId, to), userId: to };
  await commit(context, [
    gone,
    { delete: key.member(businessId, from), when: { access, state }, orElse: changedMeanwhile },
    {
      put: key.member(businessId, to),
      item,
      when: own ? { access: own.access, state: own.state } : "missing",
      orElse: changedMeanwhile,
    },
    ...(stays ? [] : [{ put: key.userInactive(to, businessId), item: { businessId } }]),
    ...moveCode(theirs, own, to, stays),
    businessEvent(context, businessId, { type: "member.taken_over", actorUserId: to, subjectId: to }),
  ]);
}
