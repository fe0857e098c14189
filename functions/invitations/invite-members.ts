import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import { accessOf } from "../../shared/domain/accesses.ts";
import { isMailable, readEmail } from "../../shared/domain/email.ts";
import { BusinessNotFound, Forbidden } from "../../shared/domain/failures.ts";
import { billedBusiness } from "../../shared/endpoint/billed-business.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import {
  BulkInvitationRequest,
  BulkInvitationResults,
  bulkInvitationResult,
} from "../../shared/endpoint/wire/bulk-invitation.ts";
import type { Of } from "../../shared/endpoint/wire/lazily.ts";
import type { Bound } from "../../shared/operation.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { invitationSettings } from "../../shared/table/invitations.ts";
import type { Member } from "../../shared/table/members.ts";
import { openInvitations } from "../../shared/table/open-invitations.ts";

/** Invites up to 100 people by email, with a result for each address, in their order. The mails follow within a minute. */
export const inviteMembers = endpoint(
  {
    route: "POST /businesses/me/invitations/bulk",
    caller: may("invitations.create"),
    body: BulkInvitationRequest,
    repeat: byIdempotencyKey,
    returns: { 200: BulkInvitationResults },
    fails: [Forbidden, BusinessNotFound],
    uses: { openInvitations, applyLicenses, businessById },
  },
  (request) => inviteAll(request, false),
  (request) => inviteAll(request, true),
);

interface Asked {
  readonly caller: Member;
  readonly body: Of<typeof BulkInvitationRequest>;
  readonly now: number;
  readonly uses: Bound<{
    openInvitations: typeof openInvitations;
    applyLicenses: typeof applyLicenses;
    businessById: typeof businessById;
  }>;
}

/** `again`: for a request that was begun, and died. */
async function inviteAll({ caller, body, now, uses }: Asked, again: boolean) {
  const { lifeDays } = invitationSettings();
  const invitees = body.invitations.map(({ email, role, expiresInDays }) => {
    const read = readEmail(email);
    return read && isMailable(read)
      ? { email: read, access: accessOf(role), lifeDays: expiresInDays ?? lifeDays }
      : undefined;
  });
  const answers = await uses.openInvitations(
    caller,
    invitees.filter((one) => one !== undefined),
    again,
  );
  const state = await billedBusiness(uses, caller.businessId);
  const results = body.invitations.map(({ email }, index) =>
    bulkInvitationResult(email, invitees[index] && answers.shift(), state, now),
  );
  return { status: 200 as const, body: results };
}

export const handler = lambda(inviteMembers);
