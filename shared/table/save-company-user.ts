import { type Access, higherRole, roleOf } from "../domain/accesses.ts";
import type { Email } from "../domain/email.ts";
import {
  BusinessNotFound,
  Busy,
  CompanyUserNotFound,
  Failed,
  Forbidden,
  InvalidRequest,
  InvitationLimitReached,
  LastOwner,
  LicenseLimitReached,
  RoleTooHigh,
  UserCodeTaken,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { activation } from "./activation.ts";
import { commit } from "./commit.ts";
import { companyUserWrites } from "./company-user-writes.ts";
import { userIdByCode } from "./company-users.ts";
import type { EmailItem } from "./identities.ts";
import { newId } from "./ids.ts";
import type { InvitedItem } from "./invitations.ts";
import type { Claimed } from "./mail-invitation.ts";
import {
  callerMay,
  type Member,
  type MemberItem,
  type MemberProfile,
  mayTouch,
  type UserMemberItem,
} from "./members.ts";
import { get } from "./read.ts";
import { inheriting } from "./remove-member.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import type { UserItem } from "./users.ts";

/** What a company says of a user: found by email or by code. Members left out stay, undefined takes one back. */
export interface CompanyUserChange {
  readonly email?: Email | undefined;
  readonly userCode?: string | undefined;
  readonly access?: Access | undefined;
  readonly state?: "Active" | "Inactive" | undefined;
  readonly profile: Omit<MemberProfile, "userCode">;
  readonly sealedSsn?: string | undefined;
  /** Whether to mail them that they have been added, where they are active then. */
  readonly sendsMail: boolean;
}

/** What came of it; `mail` is to be sent. */
export interface Saved {
  readonly userId: string;
  readonly isNew: boolean;
  readonly mail: Claimed | undefined;
}

/** Whom it is about, as they were read: nobody yet, a user of other companies, or one of this company. */
export interface Found {
  readonly userId: string;
  readonly claim: EmailItem | undefined;
  readonly user: UserItem | undefined;
  readonly member: MemberItem | undefined;
  /** Those that may become current, where one ends. */
  readonly memberships: readonly UserMemberItem[];
}

/** The least that may be added, for whom no role is named. */
const leastAccess: Access = "customer_care";

/**
 * Adds a user to the caller's company, or updates them: creates the user where nobody has the email, and otherwise
 * leaves their own profile alone. Active ones hold a license, inactive ones can do nothing and hold none.
 */
export const saveCompanyUser = {
  name: "saveCompanyUser",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem"],
      partitions: ["USER", "BUSINESS"],
    },
    { actions: ["dynamodb:DeleteItem"], partitions: ["USER", "BUSINESS"] },
    { actions: ["dynamodb:ConditionCheckItem"], partitions: ["USER", "BUSINESS"] },
    { actions: ["dynamodb:Query"], partitions: ["USER"] },
    { actions: ["dynamodb:GetItem", "dynamodb:PutItem"], partitions: ["EMAIL"] },
    { actions: ["dynamodb:UpdateItem"], partitions: ["RATE"] },
    { setting: "invitations" },
  ],
  fails: [
    InvalidRequest,
    CompanyUserNotFound,
    UserCodeTaken,
    LicenseLimitReached,
    InvitationLimitReached,
    LastOwner,
    RoleTooHigh,
    BusinessNotFound,
    Forbidden,
    Busy,
  ],
  async run(context: Context, caller: Member, change: CompanyUserChange): Promise<Saved> {
    const { businessId } = caller;
    const fresh = newId("usr", context.now);
    let invited: InvitedItem | undefined;
    return decideAnew(context, async (again) => {
      const found = await find(context, businessId, change, fresh);
      const { userId, member } = found;
      const isMember = member !== undefined && member.state !== "Removed";
      const access = change.access ?? (isMember ? member.access : leastAccess);
      const state = change.state ?? (isMember ? (member.state as "Active" | "Inactive") : "Active");
      const isOwn = userId === caller.userId;
      const touched = isMember ? higherRole(roleOf(access), roleOf(member.access)) : roleOf(access);
      const own = async () => member ?? Promise.reject(new Failed(BusinessNotFound));
      await mayTouch(context, isOwn ? { ...caller, membership: own } : caller, touched, again && !isOwn);
      if (change.sendsMail && state === "Inactive") throw new Failed(InvalidRequest, { errors: [noMailYet] });
      const to = change.email ?? emailOf(found.user);
      const mail =
        change.sendsMail && to ? activation(context, caller, userId, { email: to, access }) : undefined;
      const noteInvited = (item: Record<string, unknown> | undefined) => {
        invited = item as InvitedItem | undefined;
        return changedMeanwhile();
      };
      await commit(
        context,
        [
          ...(isOwn ? [] : [callerMay(caller, touched)]),
          ...companyUserWrites(context, caller, { ...found, change, access, state, invited, noteInvited }),
          ...(mail?.writes ?? []),
        ],
        { userId, businessId, isNew: String(!isMember) },
      );
      return { userId, isNew: !isMember, mail: mail?.claimed };
    });
  },
} satisfies Operation;

const noMailYet = {
  in: "body",
  pointer: "/send_email",
  reason: "an inactive user is mailed nothing: send it when they are activated",
} as const;

async function find(
  context: Context,
  businessId: string,
  { email, userCode = "", state }: CompanyUserChange,
  fresh: string,
): Promise<Found> {
  const claim = email && (await get<EmailItem>(context, key.email(email.key)));
  const known = email ? claim?.userId : await userIdByCode.run(context, businessId, userCode);
  if (known === undefined && !email) throw new Failed(CompanyUserNotFound);
  const userId = known ?? fresh;
  if (known === undefined) return { userId, claim, user: undefined, member: undefined, memberships: [] };
  const [member, user] = await Promise.all([
    get<MemberItem>(context, key.member(businessId, userId)),
    get<UserItem>(context, key.user(userId)),
  ]);
  if (!user || (!email && !member)) throw new Failed(CompanyUserNotFound);
  const memberships = state === "Inactive" ? await inheriting(context, user, businessId) : [];
  return { userId, claim, user, member, memberships };
}

function emailOf(user: UserItem | undefined): Email | undefined {
  const { email: address, claimedEmail } = user ?? {};
  return address && claimedEmail ? { address, key: claimedEmail } : undefined;
}
