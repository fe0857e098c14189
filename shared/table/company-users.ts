import { CompanyUserNotFound, Failed } from "../domain/failures.ts";
import { isId } from "../domain/ids.ts";
import type { Context, Operation } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import type { MemberItem } from "./members.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";

/** A user as a company keeps them, active or not, with the company whose address may be theirs. */
export interface CompanyUser {
  readonly business: BusinessItem;
  readonly member: MemberItem;
}

/** The user's id behind what a company calls them: a code of its own, or where they have none that id itself. */
export const userIdByCode = {
  name: "userIdByCode",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, businessId: string, code: string): Promise<string | undefined> {
    if (isId("usr", code)) return code;
    return (await get<{ readonly userId: string }>(context, key.userCode(businessId, code)))?.userId;
  },
} satisfies Operation;

/** A user of a company by the user's id. */
export const companyUserOf = {
  name: "companyUserOf",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  fails: [CompanyUserNotFound],
  async run(context: Context, businessId: string, userId: string): Promise<CompanyUser> {
    const [business, member] = await Promise.all([
      get<BusinessItem>(context, key.business(businessId)),
      get<MemberItem>(context, key.member(businessId, userId)),
    ]);
    if (!business || !member || member.state === "Removed") throw new Failed(CompanyUserNotFound);
    return { business, member };
  },
} satisfies Operation;
