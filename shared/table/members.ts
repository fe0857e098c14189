import type { Access } from "../domain/accesses.ts";
import { BusinessNotFound, Failed, Forbidden } from "../domain/failures.ts";
import { accessesWith, type Permission } from "../domain/permissions.ts";
import type { Context, Operation } from "../operation.ts";
import type { Write } from "./commit.ts";
import { get, type Page, type PageOf, queryPage } from "./read.ts";
import { key } from "./schema.ts";

/** A membership as the business holds it. Times are milliseconds since the epoch. */
export interface MemberItem {
  readonly id: string;
  readonly businessId: string;
  readonly userId: string;
  readonly access: Access;
  readonly state: "Active" | "Removed";
  readonly createdAt: number;
  readonly createdByUserId: string;
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
}

/** A user's membership in a business, or undefined. */
export const memberOf = {
  name: "memberOf",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, businessId: string, userId: string): Promise<MemberItem | undefined> {
    return get<MemberItem>(context, key.member(businessId, userId));
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

/** The check that stands first in every change of a business: its caller is still a member who may do this. */
export function callerMay({ userId, businessId, permission }: Member): Write {
  return {
    check: key.member(businessId, userId),
    when: { state: "Active", access: accessesWith(permission) },
    orElse: (found) => new Failed(found?.state === "Active" ? Forbidden : BusinessNotFound),
  };
}
