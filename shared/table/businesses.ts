import {
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  ParentNotFound,
  ParentNotPossible,
} from "../domain/failures.ts";
import type { Placed } from "../domain/hierarchy.ts";
import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { businessEvent, userEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import { changesPlace, ownedBy, placing } from "./hierarchy.ts";
import type { LicensesItem } from "./licenses.ts";
import { callerMay, type Member } from "./members.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
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

/** Changes the profile of the caller's business and answers what is stored then. */
export const updateBusiness = {
  name: "updateBusiness",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
      partitions: ["BUSINESS"],
    },
  ],
  fails: [BusinessNotFound, ParentNotFound, ParentNotPossible, Forbidden, Busy],
  async run(context: Context, caller: Member, changes: BusinessChanges): Promise<BusinessState> {
    const { businessId, userId } = caller;
    return decideAnew(context, async () => {
      const found = await businessById.run(context, businessId);
      const isOwners = changesPlace(found.business, changes);
      if (isOwners && (await caller.membership()).access !== "owner") throw new Failed(Forbidden);
      const place = await placing(context, userId, found.business, changes);
      const set = { ...changes, ...place.set, modifiedAt: context.now, version: found.business.version + 1 };
      await commit(
        context,
        [
          isOwners ? ownedBy(userId, businessId, Forbidden) : callerMay(caller),
          {
            update: key.business(businessId),
            ...setOrRemove(set),
            when: { version: found.business.version, ...place.when },
            orElse: changedMeanwhile,
          },
          ...place.writes,
          businessEvent(context, businessId, {
            type: "business.updated",
            actorUserId: userId,
            subjectId: businessId,
            fields: Object.keys(changes),
          }),
        ],
        { businessId },
      );
      return { ...found, business: { ...found.business, ...set } as BusinessItem };
    });
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
