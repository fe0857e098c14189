import { type Access, accessOf, type Role, roleOf } from "../domain/accesses.ts";
import {
  AlreadyMember,
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  LicenseLimitReached,
  MemberInactive,
  RoleTooHigh,
  UserNotFound,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { commit, type Write } from "./commit.ts";
import { endInvitation } from "./end-invitation.ts";
import type { InvitedItem } from "./invitations.ts";
import { joinWrites } from "./join.ts";
import { changeSeats } from "./licenses.ts";
import { callerMay, type Member, mayTouch } from "./members.ts";
import { personToAdd, type Whom } from "./person-to-add.ts";
import { mayChoosePrimary, primaryAsRead } from "./primary.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";

export const admitNeeds = [
  { actions: ["dynamodb:GetItem"], partitions: ["USER", "EMAIL", "BUSINESS"] },
  {
    actions: ["dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
    partitions: ["USER", "BUSINESS"],
  },
  { actions: ["dynamodb:ConditionCheckItem"], partitions: ["BUSINESS"] },
] as const satisfies Operation["needs"];

export const admitFailures = [
  UserNotFound,
  AlreadyMember,
  MemberInactive,
  LicenseLimitReached,
  BusinessNotFound,
  Forbidden,
  RoleTooHigh,
  Busy,
] as const;

/** What they become: a member with that access; by `primary` also where they have another current business. */
export interface Admission {
  readonly access: Access;
  readonly primary?: boolean | undefined;
}

/**
 * Adds an existing user to the caller's business, or reactivates their removed membership; it becomes their current
 * one where they have none. Takes a license: that of their open invitation, which counts as accepted, where there is
 * one. Whoever is an inactive member isn't added over what they are. Answers the user's id.
 */
export const addMember = {
  name: "addMember",
  needs: admitNeeds,
  fails: admitFailures,
  async run(context: Context, caller: Member, whom: Whom, role: Role): Promise<{ userId: string }> {
    return admit(context, caller, whom, { access: accessOf(role) });
  },
} satisfies Operation;

/** What adding somebody does, however it was asked for. */
export async function admit(context: Context, caller: Member, whom: Whom, { access, primary }: Admission) {
  const { businessId } = caller;
  const role = roleOf(access);
  let invited: InvitedItem | undefined;
  return decideAnew(context, async (again) => {
    const [person] = await Promise.all([
      personToAdd(context, whom, businessId, again),
      mayTouch(context, caller, role, again),
    ]);
    const { userId, emailKey } = person;
    if (userId === caller.userId) throw new Failed(AlreadyMember);
    const noteInvited: Write["orElse"] = (found) => {
      invited = found as InvitedItem | undefined;
      return changedMeanwhile();
    };
    const ofInvitation = emailKey
      ? invitationWrites(context, { businessId, emailKey, by: caller.userId }, invited, noteInvited)
      : [];
    const seen = primary && "user" in person ? person.user : undefined;
    await commit(
      context,
      [
        callerMay(caller, role),
        ...(seen ? mayChoosePrimary(caller, seen) : []),
        ...joinWrites(context, {
          businessId,
          userId,
          access,
          person,
          primary: seen !== undefined,
          addedByUserId: caller.userId,
          memberWhen: [{ state: null }, { state: "Removed" }],
          ifMember: (found) => new Failed(found?.state === "Inactive" ? MemberInactive : AlreadyMember),
          userWhen: { ...person.asRead, ...(seen && primaryAsRead(seen)) },
        }),
        ...ofInvitation,
        changeSeats(businessId, invited ? { openInvitations: -1 } : { seats: 1 }),
      ],
      { userId, businessId },
    );
    return { userId };
  });
}

interface InvitationEnd {
  readonly businessId: string;
  readonly emailKey: string;
  readonly by: string;
  /** How it ends: it counts as accepted, unless the person is not let in. */
  readonly as?: "accept" | "revoke";
}

/**
 * The writes that end the person's open invitation, or check that there is none. Whether there is one is not read:
 * the transaction finds out, and is made again with it.
 */
export function invitationWrites(
  context: Context,
  { businessId, emailKey, by, as = "accept" }: InvitationEnd,
  invited: InvitedItem | undefined,
  orElse: Write["orElse"],
): Write[] {
  if (!invited) {
    const at = key.invited(businessId, emailKey);
    return [{ check: at, when: "missing", ...(orElse && { orElse }) }];
  }
  const { invitationId: id, expiresAt } = invited;
  const invitation = { id, businessId, emailKey };
  const [update, claim, event] =
    expiresAt > context.now
      ? endInvitation(context, invitation, as, by)
      : endInvitation(context, invitation, "expire");
  return [update, { ...claim, ...(orElse && { orElse }) }, event];
}
