import type { Access } from "../domain/accesses.ts";
import { defaultInvitationSettings, type InvitationSettings } from "../domain/invitation-settings.ts";
import { type InvitationState, type InvitationStatus, type MoveName, moves } from "../domain/invitations.ts";
import type { Context, Operation } from "../operation.ts";
import { duePartition, dueTime, shardOf } from "./due.ts";
import type { Tests } from "./expressions.ts";
import { type Page, type PageOf, queryPage } from "./query.ts";
import { queryIndex } from "./query-index.ts";
import { get } from "./read.ts";
import { type Key, key } from "./schema.ts";

/** An invitation as stored. Times are milliseconds since the epoch. */
export interface InvitationItem {
  readonly id: string;
  readonly businessId: string;
  /** The form for mailing, and the form for comparing. */
  readonly email: string;
  readonly emailKey: string;
  readonly access: Access;
  readonly state: InvitationState;
  /** Who answers for it: whoever made it or has resent it last. They must be able to grant its role to the end. */
  readonly invitedByUserId: string;
  /** Of an activation mail: whom it says that they have been added. */
  readonly forUserId?: string;
  readonly createdAt: number;
  /** When it was opened last: by being made, or resent after it had ended. */
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly lifeDays: number;
  /** Of the newest, oldest first: mail that was delivered goes on working. */
  readonly tokenHashes: readonly string[];
  /** The number of its newest mail, counted when the send is claimed; 0 before the first. */
  readonly sendNo: number;
  /** The mail that is owed, until SES has taken it, and how often it was tried. */
  readonly owed?: MailKind | undefined;
  readonly tries: number;
  /** When somebody asked for a mail last. */
  readonly askedAt: number;
  /** The number of the newest mail that SES is known to have taken. */
  readonly takenNo?: number | undefined;
  readonly sentAt?: number | undefined;
  /** When the newest mail was sent, where there was one before it. */
  readonly resentAt?: number | undefined;
  readonly deliveredAt?: number | undefined;
  /** Set when the mail before its expiry has been sent, or given up. */
  readonly remindedAt?: number | undefined;
  readonly sendFailureReason?: string | undefined;
  /** While it is open: when it is due, as the index sorts it. */
  readonly gsi2sk?: string | undefined;
  readonly endedAt?: number | undefined;
  readonly endedByUserId?: string | undefined;
}

export type MailKind = "invitation" | "reminder";

/** The one open invitation of an address. */
export interface InvitedItem {
  readonly invitationId: string;
  readonly expiresAt: number;
}

/** The settings of the deployment, from the environment. */
export function invitationSettings(): InvitationSettings {
  return { ...defaultInvitationSettings, ...JSON.parse(process.env.INVITATIONS ?? "{}") };
}

/** The condition that an invitation can make a move, from the same row as `canMove`. */
export function moveCondition(name: MoveName, now: number): Tests {
  const { from, expiry }: (typeof moves)[MoveName] & { expiry?: string } = moves[name];
  return {
    state: from,
    ...(expiry === "ahead" && { expiresAt: { above: now } }),
    ...(expiry === "passed" && { expiresAt: { atMost: now } }),
  };
}

/** Puts an open invitation on the list of the person, and on that of what is due, at a time. */
export function openKeys({
  id,
  businessId,
  emailKey,
}: Pick<InvitationItem, "id" | "businessId" | "emailKey">) {
  const gsi2pk = duePartition("INVITATION", shardOf(businessId));
  return { gsi1pk: `EMAIL#${emailKey}`, gsi1sk: `INVITATION#${id}`, gsi2pk };
}

/** A time as the index of what is due sorts it. */
export function dueAt(time: number): { gsi2sk: string } {
  return { gsi2sk: dueTime(time) };
}

/** What an invitation loses when it ends. */
export const openAttributes = ["gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "owed"] as const;

/** An invitation of a business, or undefined. */
export const invitationById = {
  name: "invitationById",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  async run(context: Context, businessId: string, invitationId: string): Promise<InvitationItem | undefined> {
    return get<InvitationItem>(context, key.invitation(businessId, invitationId));
  },
} satisfies Operation;

/** A page of a business's invitations, newest first. One of a single status reads at most 1,000, so it may be short. */
export const listInvitations = {
  name: "listInvitations",
  needs: [{ actions: ["dynamodb:Query"], partitions: ["BUSINESS"] }],
  async run(context: Context, businessId: string, status: InvitationStatus | undefined, page: Page) {
    const { pk } = key.business(businessId);
    const filter = status && { filter: statusCondition(status, context.now), reads: 1_000 };
    return queryPage<InvitationItem>(
      context,
      { pk, prefix: "INVITATION#", newestFirst: true, ...filter },
      page,
    );
  },
} satisfies Operation;

/** Which stored invitations the API shows in a status; `statusOf` says it of one. */
export function statusCondition(status: InvitationStatus, now: number): readonly Tests[] {
  const open = { state: "Pending", expiresAt: { above: now } };
  const overdue = { state: "Pending", expiresAt: { atMost: now } };
  return {
    Pending: [{ ...open, resentAt: null }],
    Resent: [{ ...open, resentAt: { exists: true } as const }],
    Accepted: [{ state: "Accepted" }],
    Expired: [{ state: "Expired" }, overdue],
    Revoked: [{ state: ["Revoked", "Declined"] }],
    "Failed to send": [{ state: "Failed" }],
  }[status];
}

/** A page of the open invitations to an address, oldest first; those past their expiry are left out. */
export const invitationsTo = {
  name: "invitationsTo",
  needs: [{ actions: ["dynamodb:Query"], partitions: ["EMAIL"], index: "gsi1" }],
  async run(context: Context, emailKey: string, page: Page): Promise<PageOf<InvitationItem & Key>> {
    const filter = { expiresAt: { above: context.now } };
    return queryIndex<InvitationItem & Key>(
      context,
      { index: "gsi1", pk: `EMAIL#${emailKey}`, filter },
      page,
    );
  },
} satisfies Operation;
