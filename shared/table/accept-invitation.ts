import { roleOf } from "../domain/accesses.ts";
import { Failed, InvitationNotOpen, InviterCannotGrant } from "../domain/failures.ts";
import { displayName, type PersonName } from "../domain/people.ts";
import { accessesWith } from "../domain/permissions.ts";
import type { Context, Operation } from "../operation.ts";
import { answerable, answerFailures, type Invited, type Which } from "./answer-invitation.ts";
import { commit, type Write } from "./commit.ts";
import { endInvitation } from "./end-invitation.ts";
import type { InvitationItem } from "./invitations.ts";
import { joinWrites } from "./join.ts";
import { changeSeats } from "./licenses.ts";
import { type MemberItem, memberOf } from "./members.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { membershipsAfter, showWrites } from "./shown.ts";
import { ownUser, renameClaim, type UserItem } from "./users.ts";

/**
 * Accepts an invitation: its license passes on to the membership. Whoever invited must still be able to grant the
 * role. Names fill only what the person's own profile lacks. A person who has become a member meanwhile stays as they
 * are, and the license is given back.
 */
export const acceptInvitation = {
  name: "acceptInvitation",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem"],
      partitions: ["BUSINESS", "USER"],
    },
    { actions: ["dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"], partitions: ["BUSINESS"] },
    { actions: ["dynamodb:Query"], partitions: ["USER"] },
    { actions: ["dynamodb:UpdateItem"], partitions: ["EMAIL"] },
  ],
  fails: [...answerFailures, InviterCannotGrant],
  async run(context: Context, caller: Invited, which: Which, names: PersonName): Promise<void> {
    const { userId } = caller;
    const { businessId, invitationId } = which;
    const outcome = { businessId, invitationId, userId };
    await decideAnew(context, async () => {
      const [invitation, user, member] = await Promise.all([
        answerable(context, caller, which, "accept"),
        ownUser.run(context, userId),
        memberOf.run(context, businessId, userId),
      ]);
      const accepted = endInvitation(context, invitation, "accept", userId);
      if (member?.state === "Active") {
        return commit(context, [...accepted, isStillMember(member), giveBack(businessId)], outcome);
      }
      if (member?.state === "Inactive") throw new Failed(InvitationNotOpen, { detail: notLetIn });
      const filled = fill(user, names);
      const memberships = filled.isRenamed ? await membershipsAfter(context, user) : [];
      if (memberships.some((one) => one.businessId === businessId)) throw changedMeanwhile();
      const [now, later] = showWrites(userId, memberships, filled.person);
      const { version, membershipsVersion } = user;
      for (const writes of later) await commit(context, writes);
      await commit(
        context,
        [
          ...accepted,
          inviterMayGrant(invitation, userId),
          ...joinWrites(context, {
            businessId,
            userId,
            access: invitation.access,
            person: filled.person,
            addedByUserId: invitation.invitedByUserId,
            ifMember: changedMeanwhile,
            memberWhen: member ? { state: member.state } : "missing",
            userWhen: { version, ...(filled.isRenamed && { membershipsVersion }) },
            userSet: filled.set,
          }),
          changeSeats(businessId, { openInvitations: -1 }),
          ...(filled.isRenamed && user.claimedEmail
            ? [renameClaim(user.claimedEmail, userId, filled.person.displayName)]
            : []),
          ...now,
        ],
        outcome,
      );
    });
  },
} satisfies Operation;

const notLetIn =
  "You have been added here without being let in yet. Ask whoever invited you to activate you.";

function isStillMember({ businessId, userId }: MemberItem): Write {
  return { check: key.member(businessId, userId), when: { state: "Active" }, orElse: changedMeanwhile };
}

function giveBack(businessId: string): Write {
  return changeSeats(businessId, { seats: -1, openInvitations: -1 });
}

/** The check that the inviter is still a member who may grant the role, and isn't the person, who is none. */
function inviterMayGrant({ businessId, invitedByUserId, access }: InvitationItem, userId: string): Write {
  if (invitedByUserId === userId) throw new Failed(InviterCannotGrant);
  return {
    check: key.member(businessId, invitedByUserId),
    when: { state: "Active", access: accessesWith("invitations.create", roleOf(access)) },
    orElse: InviterCannotGrant,
  };
}

/** What names add to a profile that lacks them. */
function fill(user: UserItem, { firstName, lastName }: PersonName) {
  const set = {
    ...(firstName && !user.firstName && { firstName }),
    ...(lastName && !user.lastName && { lastName }),
  };
  const named = displayName({ ...user, ...set }) ?? undefined;
  const isRenamed = named !== user.displayName;
  const isFilled = Object.keys(set).length > 0;
  return {
    isRenamed,
    person: { displayName: named, email: user.email },
    set: { ...set, ...(isFilled && { displayName: named, version: user.version + 1 }) },
  };
}
