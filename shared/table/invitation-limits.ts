import { Failed, InvitationLimitReached, LicenseLimitReached } from "../domain/failures.ts";
import type { Context } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import type { Write } from "./commit.ts";
import type { Draft } from "./draft-invitation.ts";
import { expireOverdue } from "./expire-invitations.ts";
import { invitationSettings } from "./invitations.ts";
import { changeSeats } from "./licenses.ts";
import type { Member } from "./members.ts";
import { count } from "./rates.ts";
import { changedMeanwhile } from "./retry.ts";

const tenMinutes = 10 * 60 * 1_000;
const anHour = 60 * 60 * 1_000;
const aDay = 24 * anHour;

/**
 * The limits of inviting, as writes of the transaction that invites: by inviter, by business and day, and of open
 * invitations, which hold licenses. One that doesn't allow all of them refuses the last. Before the limit of open
 * invitations refuses any, `makeRoom` expires those of the business that are overdue.
 */
export function invitationLimits(
  context: Context,
  { caller, business, perInviter }: { caller: Member; business: BusinessItem; perInviter: number },
) {
  const { now } = context;
  const { businessId } = caller;
  const cap = openLimit(business, now);
  let room: "unknown" | "wanted" | "made" = "unknown";
  let { until } = cap;
  /** The limit that is set on the business's licenses, as it was seen last. */
  let seatLimit: number | undefined;
  return {
    async makeRoom(): Promise<void> {
      if (room !== "wanted") return;
      room = "made";
      until = Math.min(until, await expireOverdue(context, businessId));
    },
    writes(drafts: readonly Draft[]): Write[] {
      const replacing = drafts.filter(({ replaces }) => replaces).length;
      const taken = drafts.length - replacing;
      const refuse = (left: number, failed: Failed): Error => {
        const isSmallerAlready = drafts.some(({ refused }) => refused);
        for (const draft of isSmallerAlready ? [] : drafts.slice(Math.max(left, 0))) draft.refused = failed;
        return changedMeanwhile();
      };
      const refuseBeyond = (left: number, detail: string, retryAfter: number): Error =>
        refuse(left, new Failed(InvitationLimitReached, { detail, retryAfter }));
      return [
        ...inviterRates(
          caller,
          perInviter,
          drafts.length,
          now,
          (detail) => (left, retryAfter) => refuseBeyond(left, detail, retryAfter),
        ),
        changeSeats(
          businessId,
          { seats: taken, openInvitations: taken },
          {
            when: {
              openInvitations: { below: cap.limit - taken + 1 },
              seatLimit: seatLimit ?? null,
              ...(seatLimit !== undefined && { seats: { below: seatLimit - taken + 1 } }),
            },
            orElse: (found) => {
              if (found && found.seatLimit !== seatLimit) {
                seatLimit = found.seatLimit as number | undefined;
                return changedMeanwhile();
              }
              if (room === "unknown") room = "wanted";
              if (room === "wanted") return changedMeanwhile();
              const free = (seatLimit ?? Number.POSITIVE_INFINITY) - Number(found?.seats);
              if (free < taken) return refuse(free + replacing, new Failed(LicenseLimitReached));
              const left = cap.limit - Number(found?.openInvitations) + replacing;
              return refuseBeyond(left, cap.detail, Math.ceil((until - now) / 1_000));
            },
          },
        ),
      ];
    },
  };
}

/** The writes that count mails by inviter, and by business and day; `orElse` says what it means that these are too many. */
export function inviterRates(
  { businessId, userId }: Member,
  perInviter: number,
  mails: number,
  now: number,
  orElse: (detail: string) => Parameters<typeof count>[3],
): Write[] {
  const { perBusinessAndDay } = invitationSettings();
  const byInviter = { scope: `INVITER#${userId}`, limit: perInviter, window: tenMinutes };
  const byBusiness = { scope: businessId, limit: perBusinessAndDay, window: aDay };
  return [
    count(byInviter, mails, now, orElse(`You may invite ${perInviter} people in 10 minutes.`)),
    count(byBusiness, mails, now, orElse(`A business may invite ${perBusinessAndDay} people a day.`)),
  ];
}

/** How many invitations a business may have open, why, and until when at most. */
function openLimit({ createdAt }: BusinessItem, now: number) {
  const { open, openInFirstHour } = invitationSettings();
  if (now >= createdAt + anHour || open <= openInFirstHour) {
    const detail = `A business may have ${open} open invitations. Revoke some, or wait for answers.`;
    return { limit: open, detail, until: now + aDay };
  }
  const detail = `In its first hour a business may have ${openInFirstHour} open invitations.`;
  return { limit: openInFirstHour, detail, until: createdAt + anHour };
}
