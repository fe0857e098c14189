import type { Access } from "../domain/accesses.ts";
import type { Email } from "../domain/email.ts";
import { AlreadyInvited, AlreadyMember, Failed, MemberInactive } from "../domain/failures.ts";
import { claimedFor } from "../domain/invitation-schedule.ts";
import { moves } from "../domain/invitations.ts";
import type { Context } from "../operation.ts";
import type { Write } from "./commit.ts";
import { endInvitation } from "./end-invitation.ts";
import { businessEvent } from "./events.ts";
import type { EmailItem } from "./identities.ts";
import { newId } from "./ids.ts";
import { mintToken } from "./invitation-token.ts";
import { dueAt, type InvitationItem, type InvitedItem, openKeys } from "./invitations.ts";
import type { Member } from "./members.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

/** Whom to invite, to what, and for how many days. */
export interface Invitee {
  readonly email: Email;
  readonly access: Access;
  readonly lifeDays: number;
}

/** An invitation on its way into the table, and what was found there against it. */
export interface Draft extends Invitee {
  readonly id: string;
  /** Whose address it is, by proof or by the word of a company, and whom they took over; nobody's: none. */
  holders: readonly string[];
  /** Found: an invitation of the address that has expired, whose place this one takes. */
  replaces?: string;
  /** Found: the open invitation of the address. */
  invited?: string;
  refused?: Failed;
}

const aDay = 24 * 60 * 60 * 1_000;

export function draftOf(invitee: Invitee, claim: EmailItem | undefined, now: number): Draft {
  return { ...invitee, id: newId("inv", now), holders: holdersOf(claim) };
}

const holdersOf = (claim: EmailItem | undefined) => (claim ? [claim.userId, ...(claim.tookOver ?? [])] : []);

/** The invitation of a draft: whose first mail is claimed together with it, or left to the job. */
export function invitationOf(
  { now }: Context,
  { id, email, access, lifeDays }: Draft,
  { businessId, userId }: { readonly businessId: string; readonly userId: string },
  hash?: string,
): InvitationItem {
  return {
    id,
    businessId,
    email: email.address,
    emailKey: email.key,
    access,
    state: "Pending",
    invitedByUserId: userId,
    createdAt: now,
    openedAt: now,
    expiresAt: now + lifeDays * aDay,
    lifeDays,
    tokenHashes: hash ? [hash] : [],
    sendNo: hash ? 1 : 0,
    owed: "invitation",
    tries: hash ? 1 : 0,
    askedAt: now,
  };
}

/** An invitation and the token of its first mail. */
export function withToken(context: Context, draft: Draft, by: { businessId: string; userId: string }) {
  const { token, hash } = mintToken(by.businessId, draft.id);
  return { invitation: invitationOf(context, draft, by, hash), token };
}

/** The writes that open an invitation, new or again, each noting on the draft what it found against it. */
export function openingWrites(
  context: Context,
  draft: Draft,
  invitation: InvitationItem,
  reopening?: Write,
): Write[] {
  const { now } = context;
  const { id, businessId, emailKey, expiresAt, invitedByUserId, sendNo } = invitation;
  const due = dueAt(sendNo === 0 ? now : now + claimedFor);
  const { replaces } = draft;
  const [expired, , expiredEvent] = replaces
    ? endInvitation(context, { id: replaces, businessId, emailKey }, "expire")
    : [];
  return [
    {
      put: key.invited(businessId, emailKey),
      item: { invitationId: id, expiresAt } satisfies InvitedItem,
      when: replaces ? { invitationId: replaces, expiresAt: { atMost: now } } : "missing",
      orElse: (found) => noteInvited(draft, found as InvitedItem | undefined, now),
    },
    reopening ?? {
      put: key.invitation(businessId, id),
      item: { ...invitation, ...openKeys(invitation), ...due },
      when: "missing",
    },
    businessEvent(context, businessId, {
      type: reopening ? moves.reopen.event : "invitation.created",
      actorUserId: invitedByUserId,
      subjectId: id,
    }),
    ...(expired && expiredEvent ? [expired, expiredEvent] : []),
  ];
}

function noteInvited(draft: Draft, found: InvitedItem | undefined, now: number): Error {
  delete draft.replaces;
  if (found && found.expiresAt <= now) draft.replaces = found.invitationId;
  else if (found) {
    draft.invited = found.invitationId;
    draft.refused = new Failed(AlreadyInvited);
  }
  return changedMeanwhile();
}

/**
 * The checks that nobody who is invited is a member already, active or not: one for each user, who may own several
 * addresses, and one for each address that was nobody's, that it still is.
 */
export function notMembers(
  { businessId, userId: callerId }: Pick<Member, "businessId" | "userId">,
  drafts: readonly Draft[],
): Write[] {
  const owners = new Set(drafts.flatMap(({ holders }) => holders));
  const ofOwners = [...owners].map((userId): Write => {
    const orElse = (found: Record<string, unknown> | undefined) => {
      const refused = new Failed(found?.state === "Inactive" ? MemberInactive : AlreadyMember);
      for (const draft of drafts) if (draft.holders.includes(userId)) draft.refused = refused;
      return changedMeanwhile();
    };
    return { check: key.member(businessId, userId), when: [{ state: null }, { state: "Removed" }], orElse };
  });
  const ofNobody = drafts.filter(({ holders }) => holders.length === 0);
  return [
    ...ofOwners,
    ...ofNobody.map((draft): Write => {
      const orElse = (found: Record<string, unknown> | undefined) => {
        draft.holders = holdersOf(found as EmailItem | undefined);
        if (draft.holders.includes(callerId)) draft.refused = new Failed(AlreadyMember);
        return changedMeanwhile();
      };
      return { check: key.email(draft.email.key), when: "missing", orElse };
    }),
  ];
}
