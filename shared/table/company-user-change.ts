import type { Access } from "../domain/accesses.ts";
import type { CompanyRole } from "../domain/company-roles.ts";
import type { Email } from "../domain/email.ts";
import { isId } from "../domain/ids.ts";
import type { Context } from "../operation.ts";
import type { Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import type { Condition } from "./expressions.ts";
import type { EmailItem } from "./identities.ts";
import type { InvitedItem } from "./invitations.ts";
import type { Member, MemberItem, MemberProfile, UserMemberItem } from "./members.ts";
import type { UserItem } from "./users.ts";

/** What a company says of a user: found by email or by code. Members left out stay, undefined takes one back. */
export interface CompanyUserChange {
  readonly email?: Email | undefined;
  /** Null takes it back. */
  readonly userCode?: string | null | undefined;
  readonly role?: CompanyRole | undefined;
  readonly state?: "Active" | "Inactive" | undefined;
  readonly profile: Omit<MemberProfile, "userCode">;
  /** Null takes it back. */
  readonly sealedSsn?: string | null | undefined;
  /** Whether to mail them that they have been added, where they are active then. */
  readonly sendsMail: boolean;
}

/** Whom a change is about, as they were read: nobody yet, a user of other companies, or one of this company. */
export interface Found {
  readonly userId: string;
  readonly claim: EmailItem | undefined;
  readonly user: UserItem | undefined;
  readonly member: MemberItem | undefined;
  /** Those that may become current, where one ends. */
  readonly memberships: readonly UserMemberItem[];
}

/** Everything that was decided of a user of a company before it is written. */
export interface Decided extends Found {
  readonly change: CompanyUserChange;
  readonly access: Access;
  readonly state: "Active" | "Inactive";
  /** Their open invitation, once a transaction has found it. */
  readonly invited: InvitedItem | undefined;
  readonly noteInvited: NonNullable<Write["orElse"]>;
}

/** What the company keeps, whatever else happens. */
export function keptOf({ change, access }: Decided) {
  const { profile, userCode, sealedSsn } = change;
  const saysCode = userCode === null || (userCode !== undefined && !isId("usr", userCode));
  const code = saysCode ? { userCode: userCode ?? undefined } : {};
  const secret = sealedSsn === undefined ? {} : { sealedSsn: sealedSsn ?? undefined };
  return { ...profile, ...code, ...secret, access };
}

/** What the membership was when it was decided. */
export function asFound({ member }: Decided): Condition {
  if (!member) return "missing";
  const { state, access, userCode } = member;
  return { state, access, userCode: userCode ?? null };
}

/** What the audit says that the caller did to the user. */
export function memberEvent(
  context: Context,
  { businessId, userId: actorUserId }: Member,
  type: "member.added" | "member.profile_changed" | "member.role_changed" | "member.deactivated",
  subjectId: string,
): Write {
  return businessEvent(context, businessId, { type, actorUserId, subjectId });
}
