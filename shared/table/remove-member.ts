import { roleOf } from "../domain/accesses.ts";
import {
  BusinessNotFound,
  Busy,
  Forbidden,
  LastOwner,
  MemberNotFound,
  RoleTooHigh,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { activeMember, asRead, countOwners } from "./change-member.ts";
import { commit } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import { changeSeats } from "./licenses.ts";
import { callerMay, type Member, mayTouch, type UserMemberItem } from "./members.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { userMemberships } from "./shown.ts";
import type { UserItem } from "./users.ts";

/**
 * Removes a member, softly, or lets the caller leave. Gives back the license; where the business was the member's
 * current one, the oldest of their remaining memberships takes its place. The last Owner stays.
 */
export const removeMember = {
  name: "removeMember",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
      partitions: ["BUSINESS"],
    },
    {
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      partitions: ["USER"],
    },
  ],
  fails: [MemberNotFound, LastOwner, RoleTooHigh, BusinessNotFound, Forbidden, Busy],
  async run(context: Context, caller: Member, userId: string): Promise<void> {
    const { businessId } = caller;
    const { now } = context;
    await decideAnew(context, async (again) => {
      const [member, user, memberships] = await Promise.all([
        activeMember(context, businessId, userId),
        get<UserItem>(context, key.user(userId)),
        userMemberships(context, userId),
      ]);
      if (!user) throw new Error("a member has no user");
      const role = roleOf(member.access);
      const isLeaving = userId === caller.userId;
      const remover = { ...caller, permission: "members.remove" } as const;
      if (!isLeaving) await mayTouch(context, remover, role, again);
      const isCurrent = user.currentBusinessId === businessId;
      const next = isCurrent ? oldestOf(memberships, businessId) : user.currentBusinessId;
      await commit(
        context,
        [
          {
            update: key.member(businessId, userId),
            set: { state: "Removed", removedAt: now, removedByUserId: caller.userId, modifiedAt: now },
            ...asRead(member),
          },
          ...countOwners(businessId, role, undefined),
          ...(isLeaving ? [] : [callerMay(remover, role)]),
          { delete: key.userMember(userId, businessId), when: "exists", orElse: changedMeanwhile },
          {
            update: key.user(userId),
            ...setOrRemove({ currentBusinessId: next }),
            add: { membershipsVersion: 1 },
            when: {
              membershipsVersion: user.membershipsVersion,
              currentBusinessId: user.currentBusinessId ?? null,
            },
            orElse: changedMeanwhile,
          },
          changeSeats(businessId, { seats: -1 }),
          businessEvent(context, businessId, {
            type: isLeaving ? "member.left" : "member.removed",
            actorUserId: caller.userId,
            subjectId: userId,
          }),
        ],
        { userId, businessId },
      );
    });
  },
} satisfies Operation;

/** The business of the oldest membership besides the one that ends. */
function oldestOf(memberships: readonly UserMemberItem[], ending: string): string | undefined {
  const remaining = memberships.filter(({ businessId }) => businessId !== ending);
  return remaining.sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1))[0]?.businessId;
}
