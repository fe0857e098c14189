import { roleOf } from "../domain/accesses.ts";
import type { Context } from "../operation.ts";
import { asRead, oneOwnerLess } from "./change-member.ts";
import { commit, type Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { memberId } from "./ids.ts";
import { changeSeats } from "./licenses.ts";
import type { MemberItem, UserMemberItem } from "./members.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { ownUser, type UserItem } from "./users.ts";

/** Whose memberships move to whom. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** A membership that is to move, and the person's own in that business, where they have one or had. */
interface Both {
  readonly theirs: MemberItem;
  readonly own: MemberItem | undefined;
  /** Their own, where the business has not removed them. */
  readonly standing: MemberItem | undefined;
}

/**
 * Moves what a business has of a person under a user whom they took over, where their own sign-in has not done so yet:
 * a business speaks of one person, from the moment that they prove who they are. Answers whether there was anybody.
 */
export async function moveToOne(
  context: Context,
  { id, takenOverBy, takingOver = [] }: UserItem,
  businessId: string,
): Promise<boolean> {
  const moves = takenOverBy ? [{ from: id, to: takenOverBy }] : takingOver.map((from) => ({ from, to: id }));
  for (const move of moves) await moveMembership(context, move, businessId);
  return moves.length > 0;
}

/**
 * Moves the membership, active or not, of a user who was taken over to the one who proved to own their email. Where the
 * business has that person already, what it says of them there stands: their state and access, profile and code.
 */
export async function moveMembership(context: Context, move: Move, businessId: string): Promise<void> {
  const { from, to } = move;
  await decideAnew(context, async () => {
    const [theirs, own, side, user] = await Promise.all([
      get<MemberItem>(context, key.member(businessId, from)),
      get<MemberItem>(context, key.member(businessId, to)),
      get<UserMemberItem>(context, key.userMember(from, businessId)),
      ownUser.run(context, to),
    ]);
    if (!theirs || theirs.state === "Removed") return; // another request has moved or removed it
    const both = { theirs, own, standing: own?.state === "Removed" ? undefined : own };
    if (theirs.state === "Active" && !side) throw changedMeanwhile();
    const writes = side
      ? moveActive(move, both, side, user.membershipsVersion)
      : moveInactive(move, both, theirs.state);
    const event = { type: "member.taken_over", actorUserId: to, subjectId: to } as const;
    await commit(context, [...writes, ...moveCode(to, both), businessEvent(context, businessId, event)]);
  });
}

/**
 * Their license moves with it, or is released where the person has one already or is kept out. An Owner stays one,
 * whatever the person is: a business must not lose its last.
 */
function moveActive({ from, to }: Move, both: Both, side: UserMemberItem, membershipsVersion: number) {
  const { theirs, standing } = both;
  const { businessId, joinedAt } = side;
  const isOwner = roleOf(theirs.access) === "Owner";
  const { access, state } = standing && !isOwner ? standing : theirs;
  const [wasIn, isIn] = [standing?.state === "Active", state === "Active"];
  const id = memberId(businessId, to);
  const writes: Write[] = [
    ...memberWrites({ from, to }, both, { access, state }),
    { delete: key.userMember(from, businessId), when: "exists", orElse: changedMeanwhile },
    { update: key.user(from), add: { membershipsVersion: 1 }, when: { takenOverBy: to } },
    changeSeats(businessId, { seats: isIn && !wasIn ? 0 : -1 }),
  ];
  if (isIn) {
    writes.push({
      update: key.user(to),
      setOnce: { currentBusinessId: businessId },
      add: { membershipsVersion: 1 },
      when: { membershipsVersion },
      orElse: changedMeanwhile,
    });
  }
  if (isIn && !wasIn) {
    writes.push({ put: key.userMember(to, businessId), item: { id, businessId, joinedAt }, when: "missing" });
    if (standing) writes.push({ delete: key.userInactive(to, businessId) });
  }
  if (isOwner && standing?.state === "Active" && roleOf(standing.access) === "Owner")
    writes.push(oneOwnerLess(businessId));
  return writes;
}

/** Whoever is kept out moves as they are, unless the business has that person otherwise. */
function moveInactive(move: Move, both: Both, state: MemberItem["state"]): Write[] {
  const { theirs, standing } = both;
  const { businessId, access } = theirs;
  return [
    { delete: key.userInactive(move.from, businessId) },
    ...memberWrites(move, both, standing ?? { access, state }),
    ...(standing ? [] : [{ put: key.userInactive(move.to, businessId), item: { businessId } }]),
  ];
}

function memberWrites(
  { from, to }: Move,
  { theirs, own, standing }: Both,
  { access, state }: Pick<MemberItem, "access" | "state">,
): Write[] {
  const { businessId } = theirs;
  const item = { ...theirs, ...standing, id: memberId(businessId, to), userId: to, access, state };
  const before = own ? asRead(own) : ({ when: "missing", orElse: changedMeanwhile } as const);
  return [
    { delete: key.member(businessId, from), ...asRead(theirs) },
    { put: key.member(businessId, to), item, ...before },
  ];
}

/** What a business calls them by goes with the membership, unless the person's own stands and has a code. */
function moveCode(to: string, { theirs, own, standing }: Both): Write[] {
  const [their, before] = [theirs, own].map((member) =>
    member?.userCode ? key.userCode(member.businessId, member.userCode) : undefined,
  );
  const freed = standing && before ? their : standing ? undefined : before;
  const moved = standing && before ? undefined : their;
  return [...(freed ? [{ delete: freed }] : []), ...(moved ? [{ update: moved, set: { userId: to } }] : [])];
}
