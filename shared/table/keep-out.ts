import type { Context } from "../operation.ts";
import { invitationWrites } from "./add-member.ts";
import type { Write } from "./commit.ts";
import { asFound, type Decided, keptOf, memberEvent } from "./company-user-change.ts";
import { setOrRemove } from "./expressions.ts";
import { memberId } from "./ids.ts";
import { changeSeats } from "./licenses.ts";
import type { Member } from "./members.ts";
import { claimWrites, newUser } from "./new-user.ts";
import { departureWrites } from "./remove-member.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";
import { shownOf } from "./shown.ts";

/** Was active and is let in no more: the license is given back, and an invitation to another address of theirs ends. */
export function deactivate(context: Context, caller: Member, decided: Decided): Write[] {
  const { businessId } = caller;
  const { user, userId, member, memberships, invited } = decided;
  if (!user || !member) throw new Error("only a member is deactivated");
  const kept = { ...keptOf(decided), userName: undefined, state: "Inactive", modifiedAt: context.now };
  return [
    ...departureWrites({ member, user, memberships }, kept),
    { put: key.userInactive(userId, businessId), item: { businessId } },
    ...withdrawal(context, caller, decided),
    changeSeats(businessId, invited ? { seats: -2, openInvitations: -1 } : { seats: -1 }),
    memberEvent(context, caller, "member.deactivated", userId),
  ];
}

/**
 * Added or kept without being let in: no license, not by an open invitation either, and no side of the user's that
 * says they are a member. It shows what the company gave, and nothing of the person's own.
 */
export function keepOut(context: Context, caller: Member, decided: Decided): Write[] {
  const { businessId } = caller;
  const { user, userId, member, change, invited } = decided;
  const created = user ? undefined : newUser(context, decided);
  const isMember = member && member.state !== "Removed";
  return [
    ...claimWrites(decided, created?.displayName),
    ...(created
      ? [{ put: key.user(userId), item: { ...created, membershipsVersion: 0 }, when: "missing" } as const]
      : [{ check: key.user(userId), when: { takenOverBy: null }, orElse: changedMeanwhile } as const]),
    {
      update: key.member(businessId, userId),
      ...setOrRemove({
        businessId,
        userId,
        ...shownOf({ email: change.email?.address ?? member?.userEmail }),
        ...keptOf(decided),
        state: "Inactive",
        removedAt: undefined,
        removedByUserId: undefined,
      }),
      setOnce: {
        id: memberId(businessId, userId),
        createdAt: context.now,
        createdByUserId: caller.userId,
      },
      when: asFound(decided),
      orElse: changedMeanwhile,
    },
    { put: key.userInactive(userId, businessId), item: { businessId } },
    ...withdrawal(context, caller, decided),
    ...(invited ? [changeSeats(businessId, { seats: -1, openInvitations: -1 })] : []),
    memberEvent(context, caller, isMember ? "member.profile_changed" : "member.added", userId),
  ];
}

/** The writes that withdraw the open invitation of whom the company keeps out. */
function withdrawal(
  context: Context,
  { businessId, userId: by }: Member,
  { change, user, invited, noteInvited }: Decided,
): Write[] {
  const emailKey = change.email?.key ?? user?.claimedEmail;
  const end = { businessId, emailKey: emailKey ?? "", by, as: "revoke" as const };
  return emailKey ? invitationWrites(context, end, invited, noteInvited) : [];
}
