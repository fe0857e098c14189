import { memberName } from "../domain/people.ts";
import type { Context, Operation } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import type { MailNames } from "./due-invitations.ts";
import { isAmong, readToken } from "./invitation-token.ts";
import { type InvitationItem, invitationById } from "./invitations.ts";
import { type MemberItem, memberOf } from "./members.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";

/** An invitation by its token, with the names that belong to it; undefined for whatever is no token of ours. */
export const invitationByToken = {
  name: "invitationByToken",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["BUSINESS"] }],
  async run(
    context: Context,
    token: string,
  ): Promise<{ readonly invitation: InvitationItem; readonly names: MailNames } | undefined> {
    const read = readToken(token);
    if (!read) return undefined;
    const { businessId, invitationId, hash } = read;
    const [invitation, business] = await Promise.all([
      invitationById.run(context, businessId, invitationId),
      get<BusinessItem>(context, key.business(businessId)),
    ]);
    if (!invitation || !business || !isAmong(hash, invitation.tokenHashes)) return undefined;
    const inviter: MemberItem | undefined = await memberOf.run(
      context,
      businessId,
      invitation.invitedByUserId,
    );
    return {
      invitation,
      names: { businessName: business.name, inviterName: inviter ? memberName(inviter) : null },
    };
  },
} satisfies Operation;
