import { higherRole, roleOf } from "../domain/accesses.ts";
import { accessNamed } from "../domain/company-roles.ts";
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
  OwnerNotAddable,
  RoleTooHigh,
  UserCodeTaken,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { activation } from "./activation.ts";
import { commit } from "./commit.ts";
import type { CompanyUserChange } from "./company-user-change.ts";
import { companyUserWrites } from "./company-user-writes.ts";
import { emailOf, findCompanyUser } from "./find-company-user.ts";
import { newId } from "./ids.ts";
import type { InvitedItem } from "./invitations.ts";
import type { Claimed } from "./mail-invitation.ts";
import { callerMay, type Member, mayTouch } from "./members.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";

/** What came of it; `mail` is to be sent. */
export interface Saved {
  readonly userId: string;
  readonly isNew: boolean;
  readonly mail: Claimed | undefined;
}

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
    OwnerNotAddable,
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
      const found = await findCompanyUser(context, businessId, change, fresh);
      const { userId, member } = found;
      const isMember = member !== undefined && member.state !== "Removed";
      const access = accessNamed(change.role, isMember ? member.access : undefined);
      if (!access) throw new Failed(OwnerNotAddable);
      const state = change.state ?? (isMember ? (member.state as "Active" | "Inactive") : "Active");
      const isOwn = userId === caller.userId;
      const touched = isMember ? higherRole(roleOf(access), roleOf(member.access)) : roleOf(access);
      const own = async () => member ?? Promise.reject(new Failed(BusinessNotFound));
      await mayTouch(context, isOwn ? { ...caller, membership: own } : caller, touched, again && !isOwn);
      if (change.sendsMail && state === "Inactive") throw new Failed(InvalidRequest, { errors: [noMailYet] });
      const email = change.email ?? emailOf(found.user ?? {});
      if (change.sendsMail && !email) throw new Failed(InvalidRequest, { errors: [noAddress] });
      const mail =
        change.sendsMail && email ? activation(context, caller, userId, { email, access }) : undefined;
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

const noAddress = {
  in: "body",
  pointer: "/send_email",
  reason:
    "this user has proved no email address to be theirs: leave it out until they sign in with a verified one",
} as const;

const noMailYet = {
  in: "body",
  pointer: "/send_email",
  reason: "an inactive user is mailed nothing: send it when they are activated",
} as const;
