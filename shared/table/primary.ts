import { PrimaryNotYours } from "../domain/failures.ts";
import { accessesWith } from "../domain/permissions.ts";
import type { Write } from "./commit.ts";
import type { Tests } from "./expressions.ts";
import type { Member } from "./members.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";
import type { UserItem } from "./users.ts";

/** The current business of a person is their primary one: one attribute, so there is never another number of them. */
type Primary = Pick<UserItem, "id" | "currentBusinessId" | "membershipsVersion">;

/** What a person's memberships were when it was decided which is primary. */
export function primaryAsRead({ currentBusinessId, membershipsVersion }: Primary): Tests {
  return { currentBusinessId: currentBusinessId ?? null, membershipsVersion };
}

/** The check that the caller may take the primary place from a business: the person, or an admin of that one as well. */
export function mayChoosePrimary(
  { userId, businessId }: Member,
  { id, currentBusinessId }: Primary,
): Write[] {
  if (!currentBusinessId || currentBusinessId === businessId || userId === id) return [];
  return [
    {
      check: key.member(currentBusinessId, userId),
      when: { state: "Active", access: accessesWith("members.update") },
      orElse: PrimaryNotYours,
    },
  ];
}

/** The writes that make the caller's business a person's primary one, where it isn't. */
export function primaryWrites(caller: Member, user: Primary): Write[] {
  const { businessId } = caller;
  if (user.currentBusinessId === businessId) return [];
  return [
    ...mayChoosePrimary(caller, user),
    {
      update: key.user(user.id),
      set: { currentBusinessId: businessId },
      add: { membershipsVersion: 1 },
      when: { ...primaryAsRead(user), takenOverBy: null },
      orElse: changedMeanwhile,
    },
  ];
}
