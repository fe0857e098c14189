import { type Access, higherRole, type Role, roleOf, withRole } from "../domain/accesses.ts";
import {
  AlreadyOwner,
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  LastOwner,
  MemberNotFound,
  RoleTooHigh,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { commit, commitUnchanged, type Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { callerMay, type Member, type MemberItem, mayTouch } from "./members.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";

/** An active member of the caller's business, or the failure that there is none. */
export async function activeMember(
  context: Context,
  businessId: string,
  userId: string,
): Promise<MemberItem> {
  const member = await get<MemberItem>(context, key.member(businessId, userId));
  if (member?.state !== "Active") throw new Failed(MemberNotFound);
  return member;
}

/**
 * The write that counts owners, where there are more or fewer of them; the last one stays. It stands behind the
 * member's own change, which may have to be decided anew, and before the caller's check: of two Owners who demote
 * each other at once, the loser hears that an Owner must remain.
 */
export function countOwners(businessId: string, before: Role | undefined, after: Role | undefined): Write[] {
  const difference = Number(after === "Owner") - Number(before === "Owner");
  if (difference === 0) return [];
  return [
    {
      update: key.business(businessId),
      add: { ownerCount: difference },
      when: difference < 0 ? { ownerCount: { atLeast: 2 } } : "exists",
      orElse: LastOwner,
    },
  ];
}

/** The write that counts one Owner less where another one is sure to stay. */
export function oneOwnerLess(businessId: string): Write {
  return { update: key.business(businessId), add: { ownerCount: -1 }, when: "exists" };
}

/** What a member was when it was decided to change them: changed since, it is decided anew. */
export function asRead({ access, state }: MemberItem) {
  return { when: { access, state }, orElse: changedMeanwhile };
}

/** Gives a member another role. Nobody grants or touches a role above their own; the last Owner stays one. */
export const changeRole = {
  name: "changeRole",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
      partitions: ["BUSINESS"],
    },
  ],
  fails: [MemberNotFound, LastOwner, RoleTooHigh, BusinessNotFound, Forbidden, Busy],
  async run(context: Context, caller: Member, userId: string, role: Role): Promise<void> {
    const { businessId } = caller;
    await decideAnew(context, async (again) => {
      const { writes } = await accessWrites(
        context,
        caller,
        userId,
        (access) => withRole(access, role),
        again,
      );
      const outcome = { userId, businessId };
      await (writes.length > 0
        ? commit(context, writes, outcome)
        : commitUnchanged(context, writes, outcome));
    });
  },
} satisfies Operation;

/** The writes that give a member another access, or only check that the caller might; none where it is their own. */
export async function accessWrites(
  context: Context,
  caller: Member,
  userId: string,
  becomes: (access: Access) => Access,
  again: boolean,
): Promise<{ member: MemberItem; writes: Write[] }> {
  const { businessId } = caller;
  const member = await activeMember(context, businessId, userId);
  const access = becomes(member.access);
  const [before, after] = [roleOf(member.access), roleOf(access)];
  const touched = higherRole(before, after);
  const isOwn = userId === caller.userId;
  if (isOwn && access === member.access) return { member, writes: [] };
  const acting = isOwn ? { ...caller, membership: async () => member } : caller;
  await mayTouch(context, acting, touched, again && !isOwn);
  const check = isOwn ? [] : [callerMay(caller, touched)];
  if (access === member.access) return { member, writes: check };
  const writes: Write[] = [
    {
      update: key.member(businessId, userId),
      set: { access, modifiedAt: context.now },
      ...asRead(member),
    },
    ...countOwners(businessId, before, after),
    ...check,
    businessEvent(context, businessId, {
      type: "member.role_changed",
      actorUserId: caller.userId,
      subjectId: userId,
    }),
  ];
  return { member, writes };
}

/** Makes another member Owner and the caller, who must be one, Admin: both or neither. */
export const transferOwnership = {
  name: "transferOwnership",
  needs: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem"], partitions: ["BUSINESS"] },
  ],
  fails: [MemberNotFound, AlreadyOwner, Forbidden, Busy],
  async run(context: Context, caller: Member, userId: string): Promise<void> {
    const { businessId } = caller;
    if (userId === caller.userId) throw new Failed(AlreadyOwner);
    await decideAnew(context, async () => {
      const [from, to] = await Promise.all([
        activeMember(context, businessId, caller.userId),
        activeMember(context, businessId, userId),
      ]);
      if (roleOf(from.access) !== "Owner") throw new Failed(Forbidden);
      const becomes = (access: Access) => ({ set: { access, modifiedAt: context.now } });
      await commit(
        context,
        [
          { update: key.member(businessId, caller.userId), ...becomes("admin"), ...asRead(from) },
          { update: key.member(businessId, userId), ...becomes("owner"), ...asRead(to) },
          ...(roleOf(to.access) === "Owner" ? [oneOwnerLess(businessId)] : []),
          businessEvent(context, businessId, {
            type: "ownership.transferred",
            actorUserId: caller.userId,
            subjectId: userId,
          }),
        ],
        { userId, businessId },
      );
    });
  },
} satisfies Operation;
