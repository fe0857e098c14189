import { accessOf, type Role } from "../domain/accesses.ts";
import {
  AlreadyMember,
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  RoleTooHigh,
  UserNotFound,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import type { EmailItem } from "./identities.ts";
import { memberId } from "./ids.ts";
import { changeSeats } from "./licenses.ts";
import { callerMay, type Member } from "./members.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import type { UserItem } from "./users.ts";

/** Whom to add: a user by id, or by the comparable form of an email that they have proved to own. */
export type Whom = { readonly userId: string } | { readonly email: string };

/**
 * Adds an existing user to the caller's business, or reactivates their removed membership; it becomes their current
 * one where they have none. Takes a license. Answers the user's id.
 */
export const addMember = {
  name: "addMember",
  needs: [
    { actions: ["dynamodb:GetItem"], partitions: ["USER", "EMAIL"] },
    { actions: ["dynamodb:UpdateItem", "dynamodb:PutItem"], partitions: ["USER", "BUSINESS"] },
    { actions: ["dynamodb:ConditionCheckItem"], partitions: ["BUSINESS"] },
  ],
  fails: [UserNotFound, AlreadyMember, BusinessNotFound, Forbidden, RoleTooHigh, Busy],
  async run(context: Context, caller: Member, whom: Whom, role: Role): Promise<{ userId: string }> {
    const { businessId } = caller;
    const { now } = context;
    return decideAnew(context, async () => {
      const { userId, userName, userEmail } = await find(context, whom);
      const id = memberId(businessId, userId);
      const added = { type: "member.added", actorUserId: caller.userId, subjectId: userId } as const;
      await commit(
        context,
        [
          callerMay(caller, role),
          {
            update: key.member(businessId, userId),
            ...setOrRemove({
              businessId,
              userId,
              userName,
              userEmail,
              access: accessOf(role),
              state: "Active",
              removedAt: undefined,
              removedByUserId: undefined,
            }),
            setOnce: { id, createdAt: now, createdByUserId: caller.userId },
            when: { state: { not: "Active" } },
            orElse: AlreadyMember,
          },
          {
            put: key.userMember(userId, businessId),
            item: { id, businessId, joinedAt: now },
            when: "missing",
          },
          {
            update: key.user(userId),
            setOnce: { currentBusinessId: businessId },
            add: { membershipsVersion: 1 },
            when: { displayName: userName ?? null, takenOverBy: null },
            orElse: changedMeanwhile,
          },
          changeSeats(businessId, 1),
          businessEvent(context, businessId, added),
        ],
        { userId },
      );
      return { userId };
    });
  },
} satisfies Operation;

interface Found {
  readonly userId: string;
  readonly userName: string | undefined;
  readonly userEmail: string | undefined;
}

async function find(context: Context, whom: Whom): Promise<Found> {
  if ("email" in whom) {
    const claim = await get<EmailItem>(context, key.email(whom.email));
    if (!claim) throw new Failed(UserNotFound);
    return { userId: claim.userId, userName: claim.displayName, userEmail: claim.address };
  }
  const user = await get<UserItem>(context, key.user(whom.userId));
  if (!user || user.takenOverBy) throw new Failed(UserNotFound);
  return { userId: user.id, userName: user.displayName, userEmail: user.email };
}
