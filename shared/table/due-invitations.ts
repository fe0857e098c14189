import { type Access, roleOf } from "../domain/accesses.ts";
import { memberName } from "../domain/people.ts";
import { accessesWith } from "../domain/permissions.ts";
import type { Context, Operation } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import { duePartition } from "./due.ts";
import { dueAt, type InvitationItem } from "./invitations.ts";
import type { MemberItem } from "./members.ts";
import type { Page, PageOf } from "./query.ts";
import { queryIndex } from "./query-index.ts";
import { getAll } from "./read.ts";
import { type Key, key } from "./schema.ts";
import { update } from "./update.ts";

/**
 * A page of the invitations of a shard that are due, the longest due first, as the table has them now. Costs half an
 * RCU per 4 KB of keys and one for each invitation.
 */
export const dueInvitations = {
  name: "dueInvitations",
  needs: [
    { actions: ["dynamodb:Query"], partitions: ["DUE"], index: "gsi2" },
    { actions: ["dynamodb:BatchGetItem"], partitions: ["BUSINESS"] },
  ],
  async run(context: Context, shard: number, page: Page): Promise<PageOf<InvitationItem>> {
    const upTo = dueAt(context.now).gsi2sk;
    const due = await queryIndex<Key>(
      context,
      { index: "gsi2", pk: duePartition("INVITATION", shard), upTo },
      page,
    );
    const keys = due.items.map(({ pk, sk }) => ({ pk, sk }));
    const found = await getAll<InvitationItem>(context, keys);
    // Somebody else may have attended to it since the index was read.
    return { items: found.filter(({ gsi2sk }) => gsi2sk && gsi2sk <= upTo), after: due.after };
  },
} satisfies Operation;

/** Who invites to what, as a mail names them. */
export interface MailNames {
  readonly businessName: string;
  readonly inviterName: string | null;
}

/** The names for a mail, and whether whoever invites may still grant the role: else its link leads nowhere. */
export interface Inviting extends MailNames {
  readonly mayGrant: boolean;
  /** Whether whom it says to have been added is a member. */
  readonly isTrue: boolean;
}

/** Who invites, for the mails of some invitations, by the id of the invitation. */
export const mailNames = {
  name: "mailNames",
  needs: [{ actions: ["dynamodb:BatchGetItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, invitations: readonly InvitationItem[]): Promise<Map<string, Inviting>> {
    const keys = invitations.flatMap(({ businessId, invitedByUserId, forUserId }) => [
      key.business(businessId),
      key.member(businessId, invitedByUserId),
      ...(forUserId ? [key.member(businessId, forUserId)] : []),
    ]);
    const unique = [...new Map(keys.map((at) => [`${at.pk} ${at.sk}`, at])).values()];
    const found = await getAll<Key & (BusinessItem | MemberItem)>(context, unique);
    const items = new Map(found.map((item) => [`${item.pk} ${item.sk}`, item]));
    const at = ({ pk, sk }: Key) => items.get(`${pk} ${sk}`);
    return new Map(
      invitations.map(({ id, businessId, invitedByUserId, forUserId, access }) => {
        const business = at(key.business(businessId)) as BusinessItem | undefined;
        const inviter = at(key.member(businessId, invitedByUserId)) as MemberItem | undefined;
        const names = {
          businessName: business?.name ?? "",
          inviterName: inviter ? memberName(inviter) : null,
        };
        const added = at(key.member(businessId, forUserId ?? "")) as MemberItem | undefined;
        const isTrue = !forUserId || added?.state === "Active";
        return [id, { ...names, isTrue, mayGrant: inviter !== undefined && mayGrant(inviter, access) }];
      }),
    );
  },
} satisfies Operation;

function mayGrant({ state, access }: MemberItem, granted: Access): boolean {
  return state === "Active" && accessesWith("invitations.create", roleOf(granted)).includes(access);
}

/** Makes an open invitation due at a later time (milliseconds), where it has not moved since it was read. */
export const postpone = {
  name: "postpone",
  needs: [{ actions: ["dynamodb:UpdateItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, { businessId, id, gsi2sk }: InvitationItem, until: number): Promise<void> {
    const when = { state: "Pending", gsi2sk: gsi2sk ?? null };
    await update(context, key.invitation(businessId, id), { set: dueAt(until) }, when).catch((error) => {
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });
  },
} satisfies Operation;
