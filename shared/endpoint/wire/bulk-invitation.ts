import * as z from "zod/mini";
import { type Failed, InvalidRequest } from "../../domain/failures.ts";
import type { BusinessState } from "../../table/businesses.ts";
import type { Answered } from "../../table/open-invitations.ts";
import { InvitationRequest, InvitationResponse, invitationResponse } from "./invitation.ts";
import { lazily, listOf, type Of } from "./lazily.ts";

/** One of those to invite. What is no address spoils none of the others, so any text is taken. */
export const BulkInvitee = lazily(() =>
  z.strictObject({
    ...InvitationRequest().shape,
    email: z.string().check(
      z.maxLength(1_000),
      z.refine((text) => text.isWellFormed(), "holds half a character"),
    ),
  }),
);

/** What POST /businesses/me/invitations/bulk takes. */
export const BulkInvitationRequest = lazily(() =>
  z.strictObject({
    invitations: z.array(BulkInvitee()).check(z.minLength(1), z.maxLength(100)),
  }),
);

/** Why an address of a bulk call was not invited. */
export const BulkInvitationError = lazily(() =>
  z.strictObject({
    status: z.number(),
    code: z.string(),
    title: z.string(),
    detail: z.string(),
    retryAfter: z.nullable(z.number()),
  }),
);

/** What came of one address of a bulk call: the invitation, or why there is none. */
export const BulkInvitationResult = lazily(() =>
  z.strictObject({
    email: z.string(),
    invitation: z.nullable(InvitationResponse()),
    error: z.nullable(BulkInvitationError()),
  }),
);

export const BulkInvitationResults = listOf(BulkInvitationResult);

export function bulkInvitationResult(
  email: string,
  answered: Answered | undefined,
  state: BusinessState,
  now: number,
): Of<typeof BulkInvitationResult> {
  if (answered && "invitation" in answered) {
    return { email, invitation: invitationResponse(state, answered.invitation, now), error: null };
  }
  return { email, invitation: null, error: answered ? describe(answered.refused) : notAnEmail };
}

function describe({ failure, details }: Failed): Of<typeof BulkInvitationError> {
  const { status, code, title } = failure;
  return { status, code, title, detail: details.detail ?? title, retryAfter: details.retryAfter ?? null };
}

const notAnEmail = {
  status: InvalidRequest.status,
  code: InvalidRequest.code,
  title: InvalidRequest.title,
  detail: "email must be an email address such as anna@example.com, its local part in ASCII",
  retryAfter: null,
};
