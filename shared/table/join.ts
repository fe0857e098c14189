import { type Access, roleOf } from "../domain/accesses.ts";
import type { Context } from "../operation.ts";
import { countOwners } from "./change-member.ts";
import type { Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { type Condition, setOrRemove, type Tests } from "./expressions.ts";
import { memberId } from "./ids.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";
import { type Person, shownOf } from "./shown.ts";

/** Who becomes a member of what, and how the business shows them. */
export interface Joining {
  readonly businessId: string;
  readonly userId: string;
  readonly access: Access;
  readonly person: Person;
  /** What else the business keeps of them. */
  readonly memberSet?: object | undefined;
  /** What their membership must be, which is never an active one. */
  readonly memberWhen: Condition;
  readonly addedByUserId: string;
  /** The user as read: decided anew where that has changed. */
  readonly userWhen: Tests;
  /** What else becomes of the user. */
  readonly userSet?: object;
  /** Whether it becomes their current business, also where they have one. */
  readonly primary?: boolean | undefined;
  /** What it means that it is another. */
  readonly ifMember: NonNullable<Write["orElse"]>;
}

/**
 * The writes that make a user a member, or reactivate their removed membership, on both sides; the business becomes
 * their current one where they have none. The license goes with `changeSeats`.
 */
export function joinWrites(context: Context, joining: Joining): Write[] {
  const { now } = context;
  const { businessId, userId, access, person, addedByUserId, userWhen, userSet, primary, ifMember } = joining;
  const { memberSet, memberWhen } = joining;
  const current = { currentBusinessId: businessId };
  const id = memberId(businessId, userId);
  return [
    {
      update: key.member(businessId, userId),
      ...setOrRemove({
        businessId,
        userId,
        ...shownOf(person),
        access,
        state: "Active",
        removedAt: undefined,
        removedByUserId: undefined,
        ...memberSet,
      }),
      setOnce: { id, createdAt: now, createdByUserId: addedByUserId },
      when: memberWhen,
      orElse: ifMember,
    },
    { put: key.userMember(userId, businessId), item: { id, businessId, joinedAt: now }, when: "missing" },
    {
      update: key.user(userId),
      set: { ...userSet, ...(primary && current) },
      setOnce: primary ? {} : current,
      add: { membershipsVersion: 1 },
      when: { ...userWhen, takenOverBy: null },
      orElse: changedMeanwhile,
    },
    ...countOwners(businessId, undefined, roleOf(access)),
    businessEvent(context, businessId, {
      type: "member.added",
      actorUserId: addedByUserId,
      subjectId: userId,
    }),
  ];
}
