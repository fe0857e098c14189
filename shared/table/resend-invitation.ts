import { roleOf } from "../domain/accesses.ts";
import {
  AlreadyInvited,
  AlreadyMember,
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  InvitationLimitReached,
  InvitationNotFound,
  InvitationNotResendable,
  LicenseLimitReached,
  MemberInactive,
  ResendLimitReached,
  RoleTooHigh,
} from "../domain/failures.ts";
import { claimedFor } from "../domain/invitation-schedule.ts";
import { canMove, moves } from "../domain/invitations.ts";
import type { Context, Operation } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import { commit, type Write } from "./commit.ts";
import { type Draft, notMembers } from "./draft-invitation.ts";
import { businessEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import {
  dueAt,
  type InvitationItem,
  invitationById,
  invitationSettings,
  moveCondition,
  openKeys,
} from "./invitations.ts";
import { withNextMail } from "./mail-invitation.ts";
import { callerMay, type Member, mayTouch } from "./members.ts";
import { open, openingNeeds, prepare } from "./opening.ts";
import { count } from "./rates.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";

const aDay = 24 * 60 * 60 * 1_000;

/** An invitation that was resent, with the token of the mail that is claimed with it. */
export interface Resent {
  readonly invitation: InvitationItem;
  readonly token: string;
  readonly business: BusinessItem;
}

/**
 * Resends an invitation: one that is open lives its whole life anew; one that has expired or failed is opened again,
 * which takes a license again, and ends its former tokens. Whoever resends it answers for it from then on.
 */
export const resendInvitation = {
  name: "resendInvitation",
  needs: openingNeeds,
  fails: [
    InvitationNotFound,
    InvitationNotResendable,
    ResendLimitReached,
    InvitationLimitReached,
    LicenseLimitReached,
    AlreadyInvited,
    AlreadyMember,
    MemberInactive,
    RoleTooHigh,
    BusinessNotFound,
    Forbidden,
    Busy,
  ],
  async run(context: Context, caller: Member, invitationId: string): Promise<Resent> {
    const { businessId } = caller;
    return decideAnew(context, async (again) => {
      const found = await invitationById.run(context, businessId, invitationId);
      if (!found) throw new Failed(InvitationNotFound);
      await mayTouch(context, caller, roleOf(found.access), again);
      const resend = canMove("renew", found, context.now) ? renew : reopen;
      const isResendable = resend === renew || canMove("reopen", found, context.now);
      if (!isResendable) throw new Failed(InvitationNotResendable);
      const { resendCooldown } = invitationSettings();
      const wait = Math.ceil((found.askedAt + resendCooldown * 1_000 - context.now) / 1_000);
      if (wait > 0) throw new Failed(ResendLimitReached, { retryAfter: wait });
      const { email: address, emailKey, access, lifeDays } = found;
      const invitee = { email: { address, key: emailKey }, access, lifeDays };
      const { business, drafts } = await prepare(context, caller, [invitee]);
      const [draft] = drafts.map((made) => ({ ...made, id: invitationId }));
      if (!draft) throw new Error("one invitee has one draft");
      if (draft.refused) throw draft.refused;
      return { ...(await resend(context, caller, found, { business, draft })), business };
    });
  },
} satisfies Operation;

/** What a resend makes of an invitation, which it claims the next mail of. */
function resent({ now }: Context, { userId }: Member, found: InvitationItem, kept: Partial<InvitationItem>) {
  const changes = {
    state: "Pending",
    invitedByUserId: userId,
    expiresAt: now + found.lifeDays * aDay,
    askedAt: now,
    tries: 0,
    remindedAt: undefined,
    deliveredAt: undefined,
    sendFailureReason: undefined,
    ...kept,
  } as const;
  const { invitation, token } = withNextMail({ ...found, ...changes } as InvitationItem, "invitation");
  const { tokenHashes, owed, sendNo, tries } = invitation;
  const due = dueAt(now + claimedFor);
  const write = {
    update: key.invitation(found.businessId, found.id),
    ...setOrRemove({ ...changes, tokenHashes, owed, sendNo, tries, ...openKeys(found), ...due }),
  };
  return { invitation, token, write };
}

function countResend({ now }: Context, { id }: InvitationItem): Write {
  const { resendsPerDay: limit } = invitationSettings();
  const detail = `An invitation may be resent ${limit} times a day.`;
  return count({ scope: id, limit, window: aDay }, 1, now, (_, retryAfter) => {
    return new Failed(ResendLimitReached, { detail, retryAfter });
  });
}

/** Whose invitation it is, as it stands in the table now. */
interface Prepared {
  readonly business: BusinessItem;
  readonly draft: Draft;
}

async function renew(context: Context, caller: Member, found: InvitationItem, { draft }: Prepared) {
  const { businessId, id, emailKey, access, sendNo } = found;
  const { write, invitation, token } = resent(context, caller, found, {});
  await commit(
    context,
    [
      callerMay(caller, roleOf(access)),
      {
        ...write,
        when: { ...moveCondition("renew", context.now), sendNo },
        orElse: changedMeanwhile,
      },
      {
        update: key.invited(businessId, emailKey),
        set: { expiresAt: invitation.expiresAt },
        when: { invitationId: id },
        orElse: changedMeanwhile,
      },
      ...notMembers(caller, [draft]),
      countResend(context, found),
      businessEvent(context, businessId, {
        type: moves.renew.event,
        actorUserId: caller.userId,
        subjectId: id,
      }),
    ],
    { businessId, invitationId: id },
  ).catch((error) => {
    throw draft.refused ?? error;
  });
  return { invitation, token };
}

async function reopen(
  context: Context,
  caller: Member,
  found: InvitationItem,
  { business, draft }: Prepared,
) {
  const { businessId, id, sendNo } = found;
  const anew = { openedAt: context.now, tokenHashes: [], endedAt: undefined, endedByUserId: undefined };
  const { write, invitation, token } = resent(context, caller, found, anew);
  const reopening: Write = {
    ...write,
    when: { ...moveCondition("reopen", context.now), sendNo },
    // Only another resend opens it.
    orElse: () => new Failed(ResendLimitReached, { retryAfter: invitationSettings().resendCooldown }),
  };
  const { perInviter } = invitationSettings();
  const outcome = { businessId, invitationId: id };
  const batch = { caller, business, perInviter, outcome, besides: [countResend(context, found)] };
  await open(context, batch, [{ draft, invitation, reopening }]);
  if (draft.refused) throw draft.refused;
  return { invitation, token };
}
