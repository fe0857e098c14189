import { accessOf, type Role } from "../domain/accesses.ts";
import {
  AlreadyMember,
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  LicenseLimitReached,
  RoleTooHigh,
  UserNotFound,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { countOwners } from "./change-member.ts";
import { commit } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import type { EmailItem } from "./identities.ts";
import { memberId } from "./ids.ts";
import { changeSeats } from "./licenses.ts";
import { callerMay, type Member, mayTouch } from "./members.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { shownOf } from "./shown.ts";
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
  fails: [UserNotFound, AlreadyMember, LicenseLimitReached, BusinessNotFound, Forbidden, RoleTooHigh, Busy],
  async run(context: Context, caller: Member, whom: Whom, role: Role): Promise<{ userId: string }> {
    const { businessId } = caller;
    const { now } = context;
    return decideAnew(context, async (again) => {
      const [person] = await Promise.all([find(context, whom), mayTouch(context, caller, role, again)]);
      const { userId, displayName } = person;
      if (userId === caller.userId) throw new Failed(AlreadyMember);
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
              ...shownOf(person),
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
            when: { displayName: displayName ?? null, email: person.email ?? null, takenOverBy: null },
            orElse: changedMeanwhile,
          },
          ...countOwners(businessId, undefined, role),
          changeSeats(businessId, { seats: 1 }),
          businessEvent(context, businessId, added),
        ],
        { userId, businessId },
      );
      return { userId };
    });
  },
} satisfies Operation;

/** The person, as the user or the claim of the email has them. */
async function find(context: Context, whom: Whom) {
  if ("email" in whom) {
    const claim = await get<EmailItem>(context, key.email(whom.email));
    if (!claim) throw new Failed(UserNotFound);
    return { userId: claim.userId, displayName: claim.displayName, email: claim.address };
  }
  const user = await get<UserItem>(context, key.user(whom.userId));
  if (!user || user.takenOverBy) throw new Failed(UserNotFound);
  return { userId: user.id, displayName: user.displayName, email: user.email };
}
