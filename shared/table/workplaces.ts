import type { Context, Operation } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import type { LicensesItem } from "./licenses.ts";
import type { MemberItem } from "./members.ts";
import { get, getAll } from "./read.ts";
import { type Key, key } from "./schema.ts";

/** Where a user is at work: a business, its ledger, and their active membership in it. */
export interface Workplace {
  readonly business: BusinessItem;
  readonly licenses: LicensesItem;
  readonly member: MemberItem;
}

/** A user's workplace, or undefined where they are no member. */
export const workplaceOf = {
  name: "workplaceOf",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, userId: string, businessId: string): Promise<Workplace | undefined> {
    const [business, licenses, member] = await Promise.all([
      get<BusinessItem>(context, key.business(businessId)),
      get<LicensesItem>(context, key.licenses(businessId)),
      get<MemberItem>(context, key.member(businessId, userId)),
    ]);
    return business && licenses && member?.state === "Active" ? { business, licenses, member } : undefined;
  },
} satisfies Operation;

/** A user's workplaces in many businesses, in the order of the ids, without those they are no member of. */
export const workplacesOf = {
  name: "workplacesOf",
  needs: [{ actions: ["dynamodb:BatchGetItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, userId: string, businessIds: readonly string[]): Promise<Workplace[]> {
    const [businesses, ledgers, members] = await Promise.all([
      getAll<BusinessItem>(
        context,
        businessIds.map((id) => key.business(id)),
      ),
      getAll<LicensesItem & Key>(
        context,
        businessIds.map((id) => key.licenses(id)),
      ),
      getAll<MemberItem>(
        context,
        businessIds.map((id) => key.member(id, userId)),
      ),
    ]);
    return businessIds.flatMap((businessId) => {
      const business = businesses.find(({ id }) => id === businessId);
      const member = members.find((item) => item.businessId === businessId);
      const licenses = ledgers.find(({ pk }) => pk === key.licenses(businessId).pk);
      return business && licenses && member?.state === "Active" ? [{ business, licenses, member }] : [];
    });
  },
} satisfies Operation;
