import { eventOf } from "../domain/events.ts";
import { isActivation } from "../domain/ids.ts";
import { type Ending, moves } from "../domain/invitations.ts";
import type { Context } from "../operation.ts";
import type { Write } from "./commit.ts";
import { businessEvent } from "./events.ts";
import { type InvitationItem, moveCondition, openAttributes } from "./invitations.ts";
import { changeSeats } from "./licenses.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

/** What must be known of an invitation that ends. */
export type Ended = Pick<InvitationItem, "id" | "businessId" | "emailKey">;

/**
 * The writes that end an invitation, whichever way: its state, the claim of its address, and what the audit trail
 * says. The license goes with `changeSeats`. It is decided anew where the invitation has moved meanwhile.
 */
export function endInvitation(
  context: Context,
  { id, businessId, emailKey }: Ended,
  ending: Ending,
  by?: string,
  more: { readonly set?: object; readonly when?: Record<string, number> } = {},
): [Write, Write, Write] {
  const { now } = context;
  return [
    {
      update: key.invitation(businessId, id),
      set: { state: moves[ending].to, endedAt: now, ...(by && { endedByUserId: by }), ...more.set },
      remove: openAttributes,
      when: { ...moveCondition(ending, now), ...more.when },
      orElse: changedMeanwhile,
    },
    {
      delete: key.invited(businessId, emailKey),
      when: { invitationId: id },
      orElse: changedMeanwhile,
    },
    businessEvent(context, businessId, {
      type: eventOf(id, moves[ending].event),
      actorUserId: by,
      subjectId: id,
    }),
  ];
}

/** The writes that end some invitations of a business for good, and give back the licenses of those that hold one. */
export function endAndRelease(
  context: Context,
  businessId: string,
  ended: readonly Ended[],
  ending: "expire" | "fail",
  more?: Parameters<typeof endInvitation>[4],
): Write[] {
  const holders = ended.filter(({ id }) => !isActivation(id)).length;
  const writes = ended.flatMap((invitation) => {
    const [update, claim, event] = endInvitation(context, invitation, ending, undefined, more);
    return isActivation(invitation.id) ? [update, event] : [update, claim, event];
  });
  return holders === 0
    ? writes
    : [...writes, changeSeats(businessId, { seats: -holders, openInvitations: -holders })];
}
