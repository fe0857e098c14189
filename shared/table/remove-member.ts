import { roleOf } from "../domain/accesses.ts";
import {
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  LastOwner,
  MemberNotFound,
  RoleTooHigh,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { countOwners } from "./change-member.ts";
import { commit, type Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import { changeSeats } from "./licenses.ts";
import { callerMay, type Member, type MemberItem, mayTouch, type UserMemberItem } from "./members.ts";
import { primaryAsRead } from "./primary.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { membershipsAfter } from "./shown.ts";
import type { UserItem } from "./users.ts";

/**
 * Removes a member, softly, or lets the caller leave. Gives back the license and the company's code; where the business was the member's
 * current one, the oldest of their remaining memberships takes its place. The last Owner stays.
 */
export const removeMember = {
  name: "removeMember",
  needs: [
    {
      actions: [
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "dynamodb:PutItem",
        "dynamodb:DeleteItem",
        "dynamodb:ConditionCheckItem",
      ],
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
    await decideAnew(context, async (again) => {
      const [member, user] = await Promise.all([
        get<MemberItem>(context, key.member(businessId, userId)),
        get<UserItem>(context, key.user(userId)),
      ]);
      if (!member || member.state === "Removed") throw new Failed(MemberNotFound);
      if (!user) throw new Error("a member has no user");
      const memberships = await inheriting(context, user, businessId);
      const role = roleOf(member.access);
      const isLeaving = userId === caller.userId;
      const remover = { ...caller, permission: "members.remove" } as const;
      if (!isLeaving) await mayTouch(context, remover, role, again);
      await commit(
        context,
        [
          ...removalWrites({ member, user, memberships }, removed(caller, context.now)),
          ...(isLeaving ? [] : [callerMay(remover, role)]),
          ...(member.userCode ? [{ delete: key.userCode(businessId, member.userCode) }] : []),
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

function removed({ userId }: Member, now: number) {
  return {
    state: "Removed",
    removedAt: now,
    removedByUserId: userId,
    modifiedAt: now,
    userCode: undefined,
  };
}

/** Whoever wasn't let in holds no license, and has nothing else to depart from. */
function removalWrites(departing: Departing, memberSet: object): Write[] {
  const { businessId, userId, state } = departing.member;
  if (state === "Active") {
    return [...departureWrites(departing, memberSet), changeSeats(businessId, { seats: -1 })];
  }
  return [memberWrite(departing.member, memberSet), { delete: key.userInactive(userId, businessId) }];
}

/** What becomes of the member, where they are still as they were read. */
function memberWrite(member: MemberItem, memberSet: object): Write {
  const { businessId, userId, access, state, userCode = null } = member;
  return {
    update: key.member(businessId, userId),
    ...setOrRemove({ ...memberSet }),
    when: { access, state, userCode },
    orElse: changedMeanwhile,
  };
}

/** The memberships of whom a business is the current one, which passes on to one of them. */
export async function inheriting(context: Context, user: UserItem, businessId: string) {
  return user.currentBusinessId === businessId ? membershipsAfter(context, user) : [];
}

/** Who departs from a business: the membership as it was read, with the user and those that may become current. */
export interface Departing {
  readonly member: MemberItem;
  readonly user: UserItem;
  readonly memberships: readonly UserMemberItem[];
}

/** The writes that end an active membership, which becomes what `memberSet` says, on both sides. */
export function departureWrites({ member, user, memberships }: Departing, memberSet: object): Write[] {
  const { businessId, userId } = member;
  const isCurrent = user.currentBusinessId === businessId;
  const next = isCurrent ? oldestOf(memberships, businessId) : user.currentBusinessId;
  return [
    memberWrite(member, memberSet),
    ...countOwners(businessId, roleOf(member.access), undefined),
    { delete: key.userMember(userId, businessId), when: "exists", orElse: changedMeanwhile },
    {
      update: key.user(userId),
      ...setOrRemove({ currentBusinessId: next }),
      add: { membershipsVersion: 1 },
      when: primaryAsRead(user),
      orElse: changedMeanwhile,
    },
  ];
}

/** The business of the oldest membership besides the one that ends. */
function oldestOf(memberships: readonly UserMemberItem[], ending: string): string | undefined {
  const remaining = memberships.filter(({ businessId }) => businessId !== ending);
  return remaining.sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1))[0]?.businessId;
}
