import { Busy, ParentNotFound, ParentNotPossible } from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import type { BusinessItem, BusinessProfile, BusinessState } from "./businesses.ts";
import { commit } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { placing } from "./hierarchy.ts";
import { memberId, newId } from "./ids.ts";
import type { LicensesItem } from "./licenses.ts";
import type { MemberItem, UserMemberItem } from "./members.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { shownOf } from "./shown.ts";
import { ownUser } from "./users.ts";

/** Creates a business whose only member and Owner is the user, and whose first license they hold; it becomes current. */
export const createBusiness = {
  name: "createBusiness",
  needs: [
    { actions: ["dynamodb:PutItem"], partitions: ["BUSINESS", "USER"] },
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["USER", "BUSINESS"] },
    { actions: ["dynamodb:ConditionCheckItem"], partitions: ["BUSINESS"] },
  ],
  fails: [ParentNotFound, ParentNotPossible, Busy],
  async run(context: Context, userId: string, profile: BusinessProfile): Promise<BusinessState> {
    const { now } = context;
    return decideAnew(context, async () => {
      const businessId = newId("biz", now);
      const [user, place] = await Promise.all([
        ownUser.run(context, userId),
        placing(context, userId, { id: businessId }, profile),
      ]);
      const id = memberId(businessId, userId);
      const created = { createdAt: now, createdByUserId: userId };
      const business: BusinessItem = {
        id: businessId,
        ...profile,
        ...place.set,
        ownerCount: 1,
        version: 0,
        ...created,
      };
      const licenses: LicensesItem = { seats: 1, openInvitations: 0, revision: 1, desiredVersion: 1 };
      const owner = {
        access: "owner",
        state: "Active",
        lastUsedAt: now,
        ...shownOf(user),
        ...created,
      } as const;
      const member: MemberItem = { id, businessId, userId, ...owner };
      const userMember: UserMemberItem = { id, businessId, joinedAt: now };
      await commit(
        context,
        [
          {
            update: key.user(userId),
            set: { currentBusinessId: businessId },
            add: { membershipsVersion: 1 },
            when: { version: user.version },
            orElse: changedMeanwhile,
          },
          { put: key.userMember(userId, businessId), item: userMember, when: "missing" },
          { put: key.business(businessId), item: business, when: "missing" },
          { put: key.licenses(businessId), item: licenses, when: "missing" },
          { put: key.member(businessId, userId), item: member, when: "missing" },
          ...place.writes,
          businessEvent(context, businessId, {
            type: "business.created",
            actorUserId: userId,
            subjectId: businessId,
          }),
        ],
        { businessId },
      );
      return { business, licenses };
    });
  },
} satisfies Operation;
