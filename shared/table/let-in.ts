import { roleOf } from "../domain/accesses.ts";
import type { Context } from "../operation.ts";
import { invitationWrites } from "./add-member.ts";
import { countOwners } from "./change-member.ts";
import type { Write } from "./commit.ts";
import { asFound, type Decided, keptOf, memberEvent } from "./company-user-change.ts";
import { setOrRemove } from "./expressions.ts";
import { joinWrites } from "./join.ts";
import { changeSeats } from "./licenses.ts";
import type { Member } from "./members.ts";
import { claimWrites, newUser } from "./new-user.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";
import { asRead, personOf } from "./shown.ts";

/** Becomes an active member, with a license: that of their open invitation, where they have one. */
export function letIn(context: Context, caller: Member, decided: Decided): Write[] {
  const { businessId } = caller;
  const { user, userId, access, member, change, invited, noteInvited } = decided;
  const created = user ? undefined : newUser(context, decided);
  const emailKey = change.email?.key ?? user?.claimedEmail;
  return [
    ...claimWrites(decided, created?.displayName),
    ...joinWrites(context, {
      businessId,
      userId,
      access,
      person: personOf({ ...user, ...created }),
      addedByUserId: caller.userId,
      ifMember: changedMeanwhile,
      memberSet: keptOf(decided),
      memberWhen: asFound(decided),
      userWhen: user ? { ...asRead(user), signedInAt: user.signedInAt ?? null } : { id: null },
      userSet: created ?? {},
    }),
    ...(member?.state === "Inactive" ? [{ delete: key.userInactive(userId, businessId) }] : []),
    ...(emailKey
      ? invitationWrites(context, { businessId, emailKey, by: caller.userId }, invited, noteInvited)
      : []),
    changeSeats(businessId, invited ? { openInvitations: -1 } : { seats: 1 }),
  ];
}

/** Was active and stays it. */
export function stayIn(context: Context, caller: Member, decided: Decided): Write[] {
  const { businessId } = caller;
  const { userId, access, member } = decided;
  return [
    {
      update: key.member(businessId, userId),
      ...setOrRemove({ ...keptOf(decided), modifiedAt: context.now }),
      when: asFound(decided),
      orElse: changedMeanwhile,
    },
    ...countOwners(businessId, member && roleOf(member.access), roleOf(access)),
    memberEvent(context, caller, "member.profile_changed", userId),
  ];
}
