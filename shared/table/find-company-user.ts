import type { Email } from "../domain/email.ts";
import { CompanyUserNotFound, Failed } from "../domain/failures.ts";
import type { Context } from "../operation.ts";
import type { CompanyUserChange, Found } from "./company-user-change.ts";
import { userIdByCode } from "./company-users.ts";
import type { EmailItem } from "./identities.ts";
import type { MemberItem } from "./members.ts";
import { moveToOne } from "./move-membership.ts";
import { get } from "./read.ts";
import { inheriting } from "./remove-member.ts";
import { key } from "./schema.ts";
import type { UserItem } from "./users.ts";

/**
 * Finds them by email, whoever has it, or by the company's code; `fresh` is who they are where nobody has the email.
 * Whom the company knows as somebody who was taken over has their membership moved first.
 */
export async function findCompanyUser(
  context: Context,
  businessId: string,
  change: CompanyUserChange,
  fresh: string,
): Promise<Found> {
  const found = await find(context, businessId, change, fresh);
  const isMoved = found.user && (await moveToOne(context, found.user, businessId));
  return isMoved ? find(context, businessId, change, fresh) : found;
}

async function find(
  context: Context,
  businessId: string,
  { email, userCode, state }: CompanyUserChange,
  fresh: string,
): Promise<Found> {
  const claim = email && (await get<EmailItem>(context, key.email(email.key)));
  const known = email ? claim?.userId : await userIdByCode.run(context, businessId, userCode ?? "");
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

/** The address that they have claimed. */
export function emailOf({ email: address, claimedEmail }: Partial<UserItem>): Email | undefined {
  return address && claimedEmail ? { address, key: claimedEmail } : undefined;
}
