import { BusinessNotFound, Failed } from "../domain/failures.ts";
import type { Placed } from "../domain/hierarchy.ts";
import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { userEvent } from "./events.ts";
import type { LicensesItem } from "./licenses.ts";
import { callerMay } from "./members.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";

export interface Address {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
}

/** What a business says of itself; absent where it has not. */
export interface BusinessProfile {
  readonly name: string;
  readonly secondaryName?: string | undefined;
  readonly description?: string | undefined;
  readonly website?: string | undefined;
  readonly domain?: string | undefined;
  readonly vertical?: string | undefined;
  readonly phone?: string | undefined;
  readonly address?: Address | undefined;
  readonly billingName?: string | undefined;
  readonly billingAddress?: Address | undefined;
  readonly billingTaxId?: string | undefined;
  readonly ein?: string | undefined;
  readonly status?: "SettingUp" | "SetupCompleted" | "Active" | undefined;
  /** Whether it is the one that a hierarchy begins with, or that people come to by default: the business says. */
  readonly isDefault?: boolean | undefined;
  /** Above it in the hierarchy. */
  readonly parentBusinessId?: string | undefined;
}

/** How a profile is shown that doesn't say. */
export const unsaid = { status: "SettingUp", isDefault: false } as const satisfies Partial<BusinessProfile>;

/** What a profile becomes: the members given, where undefined removes one. */
export type BusinessChanges = { readonly [M in keyof BusinessProfile]?: BusinessProfile[M] | undefined };

/** A business as stored. Times are milliseconds since the epoch. */
export interface BusinessItem extends BusinessProfile, Placed {
  readonly id: string;
  readonly ownerCount: number;
  /** Raised by every change of the profile. */
  readonly version: number;
  readonly createdAt: number;
  readonly createdByUserId: string;
  readonly modifiedAt?: number;
}

/** A business and its ledger, as every answer about a business shows them. */
export interface BusinessState {
  readonly business: BusinessItem;
  readonly licenses: LicensesItem;
}

/** A business with its ledger. */
export const businessById = {
  name: "businessById",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  fails: [BusinessNotFound],
  async run(context: Context, businessId: string): Promise<BusinessState> {
    const [business, licenses] = await Promise.all([
      get<BusinessItem>(context, key.business(businessId)),
      get<LicensesItem>(context, key.licenses(businessId)),
    ]);
    if (!business || !licenses) throw new Failed(BusinessNotFound);
    return { business, licenses };
  },
} satisfies Operation;

/** Makes one of the user's businesses their current one. */
export const switchBusiness = {
  name: "switchBusiness",
  needs: [
    { actions: ["dynamodb:UpdateItem", "dynamodb:PutItem"], partitions: ["USER"] },
    { actions: ["dynamodb:ConditionCheckItem"], partitions: ["BUSINESS"] },
  ],
  fails: [BusinessNotFound],
  async run(context: Context, userId: string, businessId: string): Promise<void> {
    await commit(
      context,
      [
        callerMay({ userId, businessId, permission: "business.read" }),
        { update: key.user(userId), set: { currentBusinessId: businessId }, when: "exists" },
        userEvent(context, userId, {
          type: "user.switched_business",
          actorUserId: userId,
          subjectId: businessId,
        }),
      ],
      { businessId },
    );
  },
} satisfies Operation;
