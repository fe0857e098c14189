import { type Access, accesses, type Role } from "../domain/accesses.ts";
import { BusinessNotFound, Failed, Forbidden, RoleTooHigh } from "../domain/failures.ts";
import { accessesWith, type Permission, requirementOf } from "../domain/permissions.ts";
import type { Context, Operation } from "../operation.ts";
import type { Write } from "./commit.ts";
import { type Page, type PageOf, queryPage } from "./query.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";
import { update } from "./update.ts";

/** How the members of a business are shown a person; every change of the person's profile changes it too. */
export interface Shown {
  /** How an active member who has signed in calls themselves: no other's name reaches the business. */
  readonly userName?: string | undefined;
  readonly userEmail?: string | undefined;
  /** The email's form for comparing, which lists are filtered by. */
  readonly userEmailKey?: string | undefined;
}

/** What a business keeps of a member: its own profile of the person, which no other business sees. */
export interface MemberProfile {
  readonly title?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  /** An ISO date. */
  readonly birthDate?: string | undefined;
  readonly phone?: string | undefined;
  readonly address?: MemberAddress | undefined;
  /** Their address is the business's, whatever that is. */
  readonly livesAtBusiness?: boolean | undefined;
  readonly timeZoneId?: string | undefined;
  /** A share of the business in percent: a decimal as text, to the last digit. */
  readonly ownership?: string | undefined;
  /** What the business calls them by: no other member has the same. */
  readonly userCode?: string | undefined;
  readonly logo?: string | undefined;
}

export interface MemberAddress {
  readonly id?: number | undefined;
  readonly zip?: string | undefined;
  readonly city?: string | undefined;
  readonly country?: number | undefined;
  readonly province?: number | undefined;
  readonly address?: string | undefined;
  readonly selected?: boolean | undefined;
}

/** A membership as the business holds it. Times are milliseconds since the epoch. */
export interface MemberItem extends Shown, MemberProfile {
  readonly id: string;
  readonly businessId: string;
  readonly userId: string;
  readonly access: Access;
  /** `Inactive`: added, but not let in; it holds no license and has no other side. */
  readonly state: "Active" | "Inactive" | "Removed";
  /** A social security number, sealed to a key that the service doesn't have. */
  readonly sealedSsn?: string | undefined;
  readonly createdAt: number;
  readonly createdByUserId: string;
  readonly modifiedAt?: number;
  readonly removedAt?: number;
  readonly removedByUserId?: string;
  /** When the member last did something here, to the day. */
  readonly lastUsedAt?: number;
}

/** The user's side of a membership: there is one for each business the user is an active member of. */
export interface UserMemberItem {
  readonly id: string;
  readonly businessId: string;
  readonly joinedAt: number;
}

/** Who makes a change, and by which permission. */
export interface Member {
  readonly userId: string;
  readonly businessId: string;
  readonly permission: Permission;
  /** Their membership, as soon as it is read and has passed the check. */
  readonly membership: () => Promise<MemberItem>;
}

/** A user's membership in a business, removed ones included, or undefined. */
export const memberOf = {
  name: "memberOf",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, businessId: string, userId: string): Promise<MemberItem | undefined> {
    return get<MemberItem>(context, key.member(businessId, userId));
  },
} satisfies Operation;

const aDay = 24 * 60 * 60 * 1_000;

/** Notes that a member was here, at most once a day. Whoever is removed meanwhile, or noted, stays as they are. */
export const noteUse = {
  name: "noteUse",
  needs: [{ actions: ["dynamodb:UpdateItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, { businessId, userId, lastUsedAt = 0 }: MemberItem): Promise<void> {
    const { now } = context;
    if (now - lastUsedAt < aDay) return;
    const when = { state: "Active", lastUsedAt: { belowOrAbsent: now - aDay + 1 } };
    await update(context, key.member(businessId, userId), { set: { lastUsedAt: now } }, when);
  },
} satisfies Operation;

/** Which members a list shows. */
export interface MemberFilter {
  readonly role?: Role | undefined;
  readonly email?: string | undefined;
  /** By default the active ones; Removed are listed by themselves. */
  readonly states?: readonly MemberItem["state"][] | undefined;
}

/** A page of a business's members, by user id. A filtered page reads at most 1,000 of them, so it may be short. */
export const listMembers = {
  name: "listMembers",
  needs: [{ actions: ["dynamodb:Query"], partitions: ["BUSINESS"] }],
  async run(
    context: Context,
    businessId: string,
    { role, email, states = ["Active"] }: MemberFilter,
    page: Page,
  ) {
    const { pk } = key.business(businessId);
    const ofRole = Object.entries(accesses).filter(([, access]) => access.role === role);
    const filter = {
      state: states,
      ...(role && { access: ofRole.map(([code]) => code) }),
      ...(email && { userEmailKey: email }),
    };
    const reads = role || email || !states.includes("Active") ? 1_000 : page.limit;
    return queryPage<MemberItem>(context, { pk, prefix: "MEMBER#", filter, reads }, page);
  },
} satisfies Operation;

/** The memberships of a user, as the user's own partition lists them: a page, by business id. */
export const listUserMembers = {
  name: "listUserMembers",
  needs: [{ actions: ["dynamodb:Query"], partitions: ["USER"] }],
  async run(context: Context, userId: string, page: Page): Promise<PageOf<UserMemberItem>> {
    const { pk } = key.user(userId);
    return queryPage<UserMemberItem>(context, { pk, prefix: "MEMBER#" }, page);
  },
} satisfies Operation;

/**
 * The check that stands in every change of a business: its caller is still a member who may do this, and to
 * somebody of the touched role.
 */
export function callerMay(caller: Omit<Member, "membership">, touched?: Role): Write {
  const { userId, businessId, permission } = caller;
  return {
    check: key.member(businessId, userId),
    when: { state: "Active", access: accessesWith(permission, touched) },
    orElse: (found) =>
      found?.state === "Active" ? refusal(permission, found.access as Access) : new Failed(BusinessNotFound),
  };
}

/**
 * The same, before anything is written: as the caller's membership was read beside the handler, or as it is now where
 * that is `again` to be decided.
 */
export async function mayTouch(
  context: Context,
  caller: Member,
  touched: Role,
  again: boolean,
): Promise<void> {
  const { businessId, userId, permission } = caller;
  const member = again
    ? await get<MemberItem>(context, key.member(businessId, userId))
    : await caller.membership();
  if (member?.state !== "Active") throw new Failed(BusinessNotFound);
  if (!accessesWith(permission, touched).includes(member.access)) throw refusal(permission, member.access);
}

function refusal(permission: Permission, access: Access): Failed {
  if (accessesWith(permission).includes(access)) return new Failed(RoleTooHigh);
  return new Failed(Forbidden, { detail: requirementOf(permission) });
}
