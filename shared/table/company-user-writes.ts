import { type Access, roleOf } from "../domain/accesses.ts";
import { isId } from "../domain/ids.ts";
import type { Context } from "../operation.ts";
import { invitationWrites } from "./add-member.ts";
import { countOwners } from "./change-member.ts";
import type { Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { type Condition, setOrRemove } from "./expressions.ts";
import { memberId } from "./ids.ts";
import type { InvitedItem } from "./invitations.ts";
import { joinWrites } from "./join.ts";
import { changeSeats } from "./licenses.ts";
import type { Member } from "./members.ts";
import { claimWrites, newUser } from "./new-user.ts";
import { departureWrites } from "./remove-member.ts";
import { changedMeanwhile } from "./retry.ts";
import type { CompanyUserChange, Found } from "./save-company-user.ts";
import { key } from "./schema.ts";
import { type Person, shownOf } from "./shown.ts";
import { codeWrites } from "./user-codes.ts";

/** Everything that was decided of a user of a company before it is written. */
export interface Decided extends Found {
  readonly change: CompanyUserChange;
  readonly access: Access;
  readonly state: "Active" | "Inactive";
  /** Their open invitation, once a transaction has found it. */
  readonly invited: InvitedItem | undefined;
  readonly noteInvited: NonNullable<Write["orElse"]>;
}

/** The writes for what a user of a company becomes, by what they were: the move between states, the profile, the code. */
export function companyUserWrites(context: Context, caller: Member, decided: Decided): Write[] {
  const { member, state, access, userId } = decided;
  const wasActive = member?.state === "Active";
  const move = state === "Active" ? (wasActive ? stay : join) : wasActive ? deactivate : keepOut;
  const isOther = member && member.state !== "Removed" && member.access !== access;
  return [
    ...move(context, caller, decided),
    ...codeWrites(caller, decided),
    ...(isOther ? [event(context, caller, "member.role_changed", userId)] : []),
  ];
}

/** What the company keeps, whatever else happens. */
function keptOf({ change, access }: Decided) {
  const { profile, userCode, sealedSsn } = change;
  const hasOwnCode = userCode !== undefined && !isId("usr", userCode);
  return { ...profile, ...(hasOwnCode && { userCode }), ...(sealedSsn && { sealedSsn }), access };
}

/** What the membership was when it was decided. */
function asFound({ member }: Decided): Condition {
  if (!member) return "missing";
  const { state, access, userCode } = member;
  return { state, access, userCode: userCode ?? null };
}

/** Becomes an active member, with a license: that of their open invitation, where they have one. */
function join(context: Context, caller: Member, decided: Decided): Write[] {
  const { businessId } = caller;
  const { user, userId, access, member, change, invited, noteInvited } = decided;
  const created = user ? undefined : newUser(context, decided);
  const person: Person = { ...user, ...created };
  const emailKey = change.email?.key ?? user?.claimedEmail;
  return [
    ...claimWrites(decided, person.displayName),
    ...joinWrites(context, {
      businessId,
      userId,
      access,
      person,
      addedByUserId: caller.userId,
      ifMember: changedMeanwhile,
      memberSet: keptOf(decided),
      memberWhen: asFound(decided),
      userWhen: user ? { displayName: user.displayName ?? null, email: user.email ?? null } : { id: null },
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
function stay(context: Context, caller: Member, decided: Decided): Write[] {
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
    event(context, caller, "member.profile_changed", userId),
  ];
}

/** Was active and is let in no more: the license is given back, and an invitation to another address of theirs ends. */
function deactivate(context: Context, caller: Member, decided: Decided): Write[] {
  const { businessId } = caller;
  const { user, userId, member, memberships, invited } = decided;
  if (!user || !member) throw new Error("only a member is deactivated");
  const kept = { ...keptOf(decided), state: "Inactive", modifiedAt: context.now };
  return [
    ...departureWrites({ member, user, memberships }, kept),
    { put: key.userInactive(userId, businessId), item: { businessId } },
    ...withdrawal(context, caller, decided),
    changeSeats(businessId, invited ? { seats: -2, openInvitations: -1 } : { seats: -1 }),
    event(context, caller, "member.deactivated", userId),
  ];
}

/**
 * Added or kept without being let in: no license, not by an open invitation either, and no side of the user's that
 * says they are a member.
 */
function keepOut(context: Context, caller: Member, decided: Decided): Write[] {
  const { businessId } = caller;
  const { user, userId, member, invited } = decided;
  const created = user ? undefined : newUser(context, decided);
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
        ...shownOf(user ?? created ?? {}),
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
    event(context, caller, member ? "member.profile_changed" : "member.added", userId),
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

function event(
  context: Context,
  { businessId, userId: actorUserId }: Member,
  type: "member.added" | "member.profile_changed" | "member.role_changed" | "member.deactivated",
  subjectId: string,
): Write {
  return businessEvent(context, businessId, { type, actorUserId, subjectId });
}
