import * as z from "zod/mini";
import { roleOf, roles } from "../../domain/accesses.ts";
import { licenseBillingStatus, licenseBillingStatuses } from "../../domain/license-status.ts";
import { memberName } from "../../domain/people.ts";
import type { BusinessState } from "../../table/businesses.ts";
import type { MemberItem } from "../../table/members.ts";
import { Named, Text, Timestamp, timestamp } from "./fields.ts";
import { lazily, type Of } from "./lazily.ts";

const nullable = z.nullable;

export const RoleName = lazily(() => z.enum(roles));

/** What POST /businesses/me/users takes: the user by id or by email. */
export const NewMember = lazily(() =>
  z
    .strictObject({
      userId: z.optional(nullable(Text(64))),
      email: z.optional(nullable(Text(320))),
      role: z._default(RoleName(), "Agent"),
    })
    .check(
      z.refine(({ userId, email }) => Boolean(userId) !== Boolean(email), "name either userId or email"),
    ),
);

/** What PUT /businesses/me/users/{userId} takes. */
export const MemberUpdate = lazily(() => z.strictObject({ role: RoleName() }));

/** What GET /businesses/me/users can be narrowed to. */
export const MemberQuery = lazily(() =>
  z
    .strictObject({
      role: z.optional(RoleName()),
      email: z.optional(Text(320)),
      removed: z.optional(z.enum(["true", "false"])),
      state: z.optional(z.enum(["Active", "Inactive", "All"])),
    })
    .check(
      z.refine(({ removed, state }) => removed !== "true" || !state, "name either removed=true or state"),
    ),
);

type Query = Of<typeof MemberQuery>;

/** The states of the members that a query asks for: those who were removed are no members, and come by themselves. */
export function statesOf({ removed, state = "Active" }: Query): MemberItem["state"][] {
  if (removed === "true") return ["Removed"];
  return state === "All" ? ["Active", "Inactive"] : [state];
}

export const MemberResponse = lazily(() =>
  z.strictObject({
    business: Named(),
    user: Named(),
    userEmail: nullable(z.string()),
    role: RoleName(),
    createdByUserId: nullable(z.string()),
    removedAt: nullable(Timestamp()),
    removedByUserId: nullable(z.string()),
    lastUsedAt: nullable(Timestamp()),
    licenseBillingStatus: nullable(z.enum(licenseBillingStatuses)),
    licenseStripeSubscriptionId: nullable(z.string()),
    licenseStripeSubscriptionItemId: nullable(z.string()),
    licenseQuantity: nullable(z.string().check(z.regex(/^-?(?:0|[1-9]\d*)$/))),
    licenseRenewalDate: nullable(Timestamp()),
    name: z.string(),
    id: z.string(),
    createdAt: Timestamp(),
    modifiedAt: nullable(Timestamp()),
  }),
);

/** A member as the API shows them. The license of somebody who was removed is of no subscription any more. */
export function memberResponse(
  { business, licenses }: BusinessState,
  member: MemberItem,
): Of<typeof MemberResponse> {
  const isHeld = member.state === "Active";
  const subscription = isHeld ? licenses.subscription : undefined;
  const name = memberName(member) ?? member.userEmail ?? "";
  return {
    business: { id: business.id, name: business.name },
    user: { id: member.userId, name },
    userEmail: member.userEmail ?? null,
    role: roleOf(member.access),
    createdByUserId: member.createdByUserId,
    removedAt: timestamp(member.removedAt),
    removedByUserId: member.removedByUserId ?? null,
    lastUsedAt: timestamp(member.lastUsedAt),
    licenseBillingStatus: licenseBillingStatus(licenses, isHeld),
    licenseStripeSubscriptionId: subscription?.id ?? null,
    licenseStripeSubscriptionItemId: subscription?.itemId ?? null,
    licenseQuantity: String(licenses.seats),
    licenseRenewalDate: timestamp(subscription?.renewsAt),
    name,
    id: member.id,
    createdAt: timestamp(member.createdAt),
    modifiedAt: timestamp(member.modifiedAt),
  };
}

/** A member as those see them who look at the members: with the state that they are in. */
export const ListedMember = lazily(() =>
  z.strictObject({
    ...MemberResponse().shape,
    state: z.enum(["Active", "Inactive", "Removed"]),
  }),
);

export function listedMember(business: BusinessState, member: MemberItem): Of<typeof ListedMember> {
  return { ...memberResponse(business, member), state: member.state };
}
