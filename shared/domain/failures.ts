/**
 * The closed table of everything the API answers besides success. An endpoint can fail only with the
 * failures that it declares; `code` is the contract, `title` the sentence for people.
 */
export interface Failure {
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

export const InvalidRequest = {
  code: "invalid_request",
  status: 400,
  title: "The request is not valid. See errors for what to change.",
} as const satisfies Failure;

export const Unauthenticated = {
  code: "unauthenticated",
  status: 401,
  title: "Sign in first: the request carries no valid bearer token.",
} as const satisfies Failure;

export const Forbidden = {
  code: "forbidden",
  status: 403,
  title: "Your role in this business does not allow this.",
} as const satisfies Failure;

export const RouteNotFound = {
  code: "route_not_found",
  status: 404,
  title: "There is no such route. GET /openapi.json lists them all.",
} as const satisfies Failure;

export const MethodNotAllowed = {
  code: "method_not_allowed",
  status: 405,
  title: "There is no such method here. The Allow header lists those that there are.",
} as const satisfies Failure;

/** Also the answer to somebody who is not a member: whether the business exists is not theirs to know. */
export const BusinessNotFound = {
  code: "business_not_found",
  status: 404,
  title: "There is no such business among yours. GET /businesses/me/options lists them.",
} as const satisfies Failure;

export const NoCurrentBusiness = {
  code: "no_current_business",
  status: 404,
  title: "You belong to no business yet. POST /businesses/me creates one.",
} as const satisfies Failure;

/** Also the answer to a business that is not the caller's to put others below. */
export const ParentNotFound = {
  code: "parent_not_found",
  status: 404,
  title: "There is no such business to be the parent. It must be one that you are an Owner of.",
} as const satisfies Failure;

export const ParentNotPossible = {
  code: "parent_not_possible",
  status: 409,
  title:
    "Only a business without children gets another parent, and a hierarchy is at most 5 businesses deep.",
} as const satisfies Failure;

/** Also the answer where only an unverified account has the email: nobody has proved to own it. */
export const UserNotFound = {
  code: "user_not_found",
  status: 404,
  title: "There is no such user. Whoever hasn't signed in yet can be invited.",
} as const satisfies Failure;

export const MemberNotFound = {
  code: "member_not_found",
  status: 404,
  title: "There is no such member in this business. GET /businesses/me/users lists them.",
} as const satisfies Failure;

export const AlreadyMember = {
  code: "already_member",
  status: 409,
  title: "This person is a member already.",
} as const satisfies Failure;

export const MemberInactive = {
  code: "member_inactive",
  status: 409,
  title:
    "This person is a member already, an inactive one. Activate them instead: POST /v2/user/add with state ACTIVE.",
} as const satisfies Failure;

/** Also the answer where it is of another company: whether there is such a one is not theirs to know. */
export const UserAccessNotFound = {
  code: "user_access_not_found",
  status: 404,
  title: "There is no such user access. GET /api/v1/users/{user_id}/user_access lists them.",
} as const satisfies Failure;

export const AccessNotFound = {
  code: "access_not_found",
  status: 404,
  title: "There is no such access. GET /api/v1/accesses lists them.",
} as const satisfies Failure;

export const PrimaryNotYours = {
  code: "primary_not_yours",
  status: 403,
  title:
    "What is primary for a person is changed by that person, or by an admin of both companies. Nothing was changed.",
} as const satisfies Failure;

export const PrimaryNeeded = {
  code: "primary_needed",
  status: 409,
  title: "There is always one primary access. Make another one primary instead.",
} as const satisfies Failure;

export const CompanyUserNotFound = {
  code: "company_user_not_found",
  status: 404,
  title: "There is no user with this code in the company.",
} as const satisfies Failure;

export const UserCodeTaken = {
  code: "user_code_taken",
  status: 409,
  title: "Another user of the company has this user_code. Take another one.",
} as const satisfies Failure;

export const OwnerNotAddable = {
  code: "owner_not_addable",
  status: 403,
  title:
    "An account owner isn't added: whoever creates the company (POST /businesses/me) is its owner, and can hand it over (POST /businesses/me/users/{userId}/transfer-ownership).",
} as const satisfies Failure;

export const LegalTermsNotFound = {
  code: "legal_terms_not_found",
  status: 404,
  title: "There are no legal terms to approve: the operator of this service has configured none.",
} as const satisfies Failure;

export const LegalTermsOutdated = {
  code: "legal_terms_outdated",
  status: 409,
  title: "These are not the current legal terms. GET /legal-terms/current names the version to approve.",
} as const satisfies Failure;

export const AlreadyOwner = {
  code: "already_owner",
  status: 409,
  title: "You are an Owner already. Name another member to hand the ownership to.",
} as const satisfies Failure;

export const LastOwner = {
  code: "last_owner",
  status: 409,
  title: "A business keeps at least one Owner. Make somebody else Owner first, or transfer the ownership.",
} as const satisfies Failure;

export const RoleTooHigh = {
  code: "role_too_high",
  status: 403,
  title: "Nobody grants or touches a role above their own.",
} as const satisfies Failure;

export const InvalidSignature = {
  code: "invalid_signature",
  status: 400,
  title: "The webhook is not signed by Stripe with this deployment's secret, or not lately.",
} as const satisfies Failure;

export const NoBilling = {
  code: "no_billing",
  status: 409,
  title: "This deployment bills nothing: its operator has configured no Stripe account.",
} as const satisfies Failure;

/** No 5xx, which clients repeat by themselves and an alarm counts: this lasts until a person ends it. */
export const BillingHeld = {
  code: "billing_held",
  status: 409,
  title:
    "Billing is held, as after a restore: nothing is changed at Stripe until whoever runs this deployment sets it going. Nothing was changed; try again then.",
} as const satisfies Failure;

export const AlreadySubscribed = {
  code: "already_subscribed",
  status: 409,
  title:
    "The business has a subscription. POST /businesses/me/billing-portal leads to where it can be changed.",
} as const satisfies Failure;

export const NoSubscription = {
  code: "no_subscription",
  status: 404,
  title: "The business has no subscription. POST /businesses/me/subscription begins one.",
} as const satisfies Failure;

export const StripeUnavailable = {
  code: "stripe_unavailable",
  status: 503,
  title: "Stripe does not answer as it should. Try again shortly; nothing was changed.",
} as const satisfies Failure;

/** Unlike `StripeUnavailable`, trying again doesn't help. */
export const StripeRefused = {
  code: "stripe_refused",
  status: 502,
  title: "Stripe refuses this. Quote the requestId to whoever runs this deployment: the log says why.",
} as const satisfies Failure;

/** The limit that somebody has set on the business, whatever it pays for. */
export const LicenseLimitReached = {
  code: "license_limit_reached",
  status: 409,
  title:
    "All licenses that this business may have are taken. Remove a member, revoke an invitation, or raise the limit.",
} as const satisfies Failure;

/** Also the answer to a token that was edited or cut short, and to an invitation that is not the caller's. */
export const InvitationNotFound = {
  code: "invitation_not_found",
  status: 404,
  title: "There is no such invitation.",
} as const satisfies Failure;

export const AlreadyInvited = {
  code: "already_invited",
  status: 409,
  title: "This address has an open invitation already. Resend or revoke that one.",
} as const satisfies Failure;

export const InvitationNotOpen = {
  code: "invitation_not_open",
  status: 409,
  title: "This invitation has ended.",
} as const satisfies Failure;

export const InvitationNotResendable = {
  code: "invitation_not_resendable",
  status: 409,
  title: "This invitation was answered or revoked. Invite the person anew.",
} as const satisfies Failure;

export const InviterCannotGrant = {
  code: "inviter_cannot_grant",
  status: 409,
  title: "Whoever invited you can no longer grant this role. Ask for the invitation to be sent again.",
} as const satisfies Failure;

export const EmailNotVerified = {
  code: "email_not_verified",
  status: 403,
  title: "Verify your email address with your identity provider, then sign in again.",
} as const satisfies Failure;

export const InvitedAnotherEmail = {
  code: "invited_another_email",
  status: 403,
  title: "This invitation was sent to another email address. Sign in with that one.",
} as const satisfies Failure;

export const InvitationLimitReached = {
  code: "invitation_limit_reached",
  status: 429,
  title: "That is more invitations than are allowed. Try again later.",
} as const satisfies Failure;

export const ResendLimitReached = {
  code: "resend_limit_reached",
  status: 429,
  title: "This invitation was sent a moment ago, or too often today. Try again later.",
} as const satisfies Failure;

export const TooManyRequests = {
  code: "too_many_requests",
  status: 429,
  title: "That is more often than is allowed. Try again in a moment.",
} as const satisfies Failure;

export const RequestInProgress = {
  code: "request_in_progress",
  status: 409,
  title: "The first request with this Idempotency-Key is still under way. Ask again shortly.",
} as const satisfies Failure;

export const IdempotencyKeyReused = {
  code: "idempotency_key_reused",
  status: 422,
  title: "This Idempotency-Key was used with another body. Take a new key for another request.",
} as const satisfies Failure;

export const BodyTooLarge = {
  code: "body_too_large",
  status: 413,
  title: "The body is larger than 256 KiB.",
} as const satisfies Failure;

export const UnsupportedMediaType = {
  code: "unsupported_media_type",
  status: 415,
  title: "Send the body as application/json.",
} as const satisfies Failure;

export const Unexpected = {
  code: "unexpected",
  status: 500,
  title: "Something went wrong on our side. Quote the requestId when you ask about it.",
} as const satisfies Failure;

export const Busy = {
  code: "busy",
  status: 503,
  title: "Too much is happening at once. Try again shortly.",
} as const satisfies Failure;

/** One offending place of a request: a JSON pointer into that part of it, and what is wrong there. */
export interface Violation {
  readonly in: "body" | "query" | "header";
  readonly pointer: string;
  readonly reason: string;
}

/** What else an answer can say about a failure. `retryAfter` is in seconds, `allow` the methods that there are. */
export interface FailureDetails {
  readonly detail?: string;
  readonly errors?: readonly Violation[];
  readonly retryAfter?: number;
  readonly allow?: readonly string[];
}

/** A failure on its way to the client. */
export class Failed extends Error {
  readonly failure: Failure;
  readonly details: FailureDetails;

  constructor(failure: Failure, details: FailureDetails = {}) {
    super(failure.code);
    this.failure = failure;
    this.details = details;
  }
}
