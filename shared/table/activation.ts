import { Failed, InvitationLimitReached } from "../domain/failures.ts";
import { claimedFor } from "../domain/invitation-schedule.ts";
import type { Context } from "../operation.ts";
import type { Write } from "./commit.ts";
import { type Invitee, invitationOf } from "./draft-invitation.ts";
import { newId } from "./ids.ts";
import { inviterRates } from "./invitation-limits.ts";
import { mintToken } from "./invitation-token.ts";
import { dueAt, invitationSettings, openKeys } from "./invitations.ts";
import type { Claimed } from "./mail-invitation.ts";
import type { Member } from "./members.ts";
import { key } from "./schema.ts";

/**
 * The mail to somebody whom the caller adds, and the writes that claim its first send: it is sent, retried and recorded
 * as invitations are, counts against their rates, and is never reminded of.
 */
export function activation(
  context: Context,
  caller: Member,
  forUserId: string,
  to: Omit<Invitee, "lifeDays">,
) {
  const { now } = context;
  const { businessId } = caller;
  const { lifeDays, perInviter } = invitationSettings();
  const id = newId("act", now);
  const { token, hash } = mintToken(businessId, id);
  const draft = { id, ...to, lifeDays, holders: [] };
  const invitation = { ...invitationOf(context, draft, caller, hash), remindedAt: now, forUserId };
  const { gsi2pk } = openKeys(invitation);
  const refuse = (detail: string, retryAfter: number) =>
    new Failed(InvitationLimitReached, { detail, retryAfter });
  const writes: Write[] = [
    {
      put: key.invitation(businessId, id),
      item: { ...invitation, gsi2pk, ...dueAt(now + claimedFor) },
      when: "missing",
    },
    ...inviterRates(caller, perInviter, 1, now, (detail) => (_, retryAfter) => refuse(detail, retryAfter)),
  ];
  const claimed: Claimed = { invitation, token };
  return { claimed, writes };
}
