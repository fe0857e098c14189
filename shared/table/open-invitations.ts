import {
  AlreadyInvited,
  AlreadyMember,
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  InvitationLimitReached,
  LicenseLimitReached,
  MemberInactive,
  RoleTooHigh,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { type Draft, type Invitee, invitationOf, withToken } from "./draft-invitation.ts";
import { type InvitationItem, invitationById, invitationSettings } from "./invitations.ts";
import type { Member } from "./members.ts";
import { open, openingNeeds, prepare } from "./opening.ts";

/** Opens an invitation, which takes a license, and claims its first mail: to be sent with the token that is answered. */
export const openInvitation = {
  name: "openInvitation",
  needs: openingNeeds,
  fails: [
    AlreadyInvited,
    AlreadyMember,
    MemberInactive,
    InvitationLimitReached,
    LicenseLimitReached,
    RoleTooHigh,
    BusinessNotFound,
    Forbidden,
    Busy,
  ],
  async run(context: Context, caller: Member, invitee: Invitee) {
    const { businessId } = caller;
    const { business, drafts } = await prepare(context, caller, [invitee]);
    const [draft] = drafts as [Draft];
    const opened = withToken(context, draft, caller);
    const { perInviter } = invitationSettings();
    const outcome = { businessId, invitationId: draft.id };
    await open(context, { caller, business, perInviter, outcome }, [{ draft, ...opened }]);
    if (draft.refused) throw draft.refused;
    return { ...opened, business };
  },
} satisfies Operation;

/** What came of one address out of several. */
export type Answered = { readonly invitation: InvitationItem } | { readonly refused: Failed };

/** With so many of them a transaction stays below DynamoDB's limit of 100 actions, whatever they find. */
const perTransaction = 15;

/**
 * Opens many invitations, an answer for each; their mails are the job's to send. Called again for a request that
 * died on its way (`again`), it goes on where that stopped: what is open by then counts as opened.
 */
export const openInvitations = {
  name: "openInvitations",
  needs: openingNeeds,
  fails: [BusinessNotFound, Forbidden, Busy],
  async run(
    context: Context,
    caller: Member,
    invitees: readonly Invitee[],
    again: boolean,
  ): Promise<Answered[]> {
    const { businessId } = caller;
    const { business, drafts } = await prepare(context, caller, invitees);
    const { perInviterInBulk: perInviter } = invitationSettings();
    const opening = drafts.map((draft) => ({ draft, invitation: invitationOf(context, draft, caller) }));
    let isRecorded = again; // the first transaction that opens any leaves the record of the request
    for (let from = 0; from < opening.length; from += perTransaction) {
      const outcome = isRecorded ? undefined : { businessId };
      const batch = opening.slice(from, from + perTransaction);
      const opened = await open(context, { caller, business, perInviter, outcome }, batch).catch((error) => {
        if (from === 0 || !(error instanceof Failed)) throw error;
        for (const { draft } of batch) draft.refused ??= error;
        return false;
      });
      isRecorded ||= opened;
    }
    const found = again ? await invitedBefore(context, businessId, drafts) : [];
    return opening.map(({ draft, invitation }) => {
      const before = found.find(({ id }) => id === draft.invited);
      if (before) return { invitation: before };
      return draft.refused ? { refused: draft.refused } : { invitation };
    });
  },
} satisfies Operation;

async function invitedBefore(context: Context, businessId: string, drafts: readonly Draft[]) {
  const ids = [...new Set(drafts.flatMap(({ invited }) => invited ?? []))];
  const found = await Promise.all(ids.map((id) => invitationById.run(context, businessId, id)));
  return found.filter((invitation) => invitation !== undefined);
}
