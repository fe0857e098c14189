import type { WebhookEvent } from "../billing/gateway.ts";
import { verifyStripeEvent } from "../billing/verify-event.ts";
import type { Email } from "../domain/email.ts";
import {
  BusinessNotFound,
  Failed,
  Forbidden,
  InvalidRequest,
  InvalidSignature,
  NoCurrentBusiness,
  Unauthenticated,
} from "../domain/failures.ts";
import type { Identity } from "../domain/people.ts";
import { accessesWith, type Permission, permissions, requirementOf } from "../domain/permissions.ts";
import type { Bound } from "../operation.ts";
import { identityOf, type Unsettled } from "../table/identities.ts";
import { type Member, type MemberItem, memberOf, noteUse } from "../table/members.ts";
import { linkIdentity, type SignIn } from "../table/sign-in.ts";
import { ownUser } from "../table/users.ts";

/** Whoever has signed in. */
export interface SignedInCaller extends Identity {
  readonly userId: string;
  readonly email: Email | undefined;
  readonly emailVerified: boolean;
  /** The business that the request names in X-Business-Id. */
  readonly requestedBusinessId: string | undefined;
  /** What the sign-in has left to be done. */
  readonly unsettled: Unsettled | undefined;
}

/** A member of the current business, with the permission that the endpoint asks for. */
export interface MemberCaller extends SignedInCaller, Member {
  /** Settles once it is noted that the member was here today. */
  readonly noted: Promise<unknown>;
}

/** Nobody has to sign in. */
export const anyone = { kind: "anyone", uses: {}, fails: [] } as const;

/** Anybody with a valid token. A user is created on first sight. */
export const signedIn = {
  kind: "signedIn",
  uses: { identityOf, linkIdentity },
  fails: [Unauthenticated, InvalidRequest],
} as const;

/**
 * A member of the current business whose access holds the permission; or of the business that a member of the body
 * names.
 */
export function may(permission: Permission, businessIn?: string) {
  return {
    kind: "member",
    permission,
    businessIn,
    uses: { identityOf, linkIdentity, ownUser, memberOf, noteUse },
    fails: [
      Unauthenticated,
      InvalidRequest,
      BusinessNotFound,
      ...(businessIn ? [] : [NoCurrentBusiness]),
      ...(permissions[permission].least === "Agent" ? [] : [Forbidden]),
    ],
  } as const;
}

/** Stripe, by the signature of its webhooks. */
export const signedByStripe = {
  kind: "stripe",
  uses: { verifyStripeEvent },
  fails: [InvalidSignature],
} as const;

export type AnyCaller = typeof anyone | typeof signedByStripe | TokenBearer;
export type TokenBearer = typeof signedIn | ReturnType<typeof may>;

/** Whether one needs a bearer token to be such a caller. */
export function bearsToken(caller: AnyCaller): caller is TokenBearer {
  return caller.kind === "signedIn" || caller.kind === "member";
}

export type CallerOf<C extends AnyCaller> = C extends { kind: "member" }
  ? MemberCaller
  : C extends { kind: "signedIn" }
    ? SignedInCaller
    : C extends { kind: "stripe" }
      ? WebhookEvent
      : undefined;

/** The event behind a webhook's signature. */
export async function establishStripe(
  body: Uint8Array,
  signature: string | undefined,
  uses: Bound<(typeof signedByStripe)["uses"]>,
): Promise<WebhookEvent> {
  const verified = await uses.verifyStripeEvent(body, signature ?? "");
  if (!verified.ok) throw new Failed(InvalidSignature, { detail: verified.reason });
  return verified.event;
}

/** The user behind a token: one look-up, unless the token says something new of them. */
export async function establishUser(
  signIn: SignIn,
  requestedBusinessId: string | undefined,
  uses: Bound<(typeof signedIn)["uses"]>,
): Promise<SignedInCaller> {
  const { issuer, subject, email, emailVerified } = signIn;
  const known = await uses.identityOf(signIn);
  const news = !known || (email && emailVerified && known.verifiedEmail !== email.key);
  const { userId, unsettled } = news ? await uses.linkIdentity(signIn) : known;
  return { userId, issuer, subject, email, emailVerified, requestedBusinessId, unsettled };
}

/**
 * The member behind a user: in the business of X-Business-Id, else in the user's current one. Their membership is
 * read beside the handler; the answer, and every write, waits for its check. Whoever asks `again` for the answer to a
 * change that they have made needs no permission for it: the change itself may have taken it from them.
 */
export async function establishMember(
  user: SignedInCaller,
  permission: Permission,
  uses: Bound<ReturnType<typeof may>["uses"]>,
  again: boolean,
): Promise<MemberCaller> {
  const { userId, requestedBusinessId } = user;
  const businessId = requestedBusinessId ?? (await uses.ownUser(userId)).currentBusinessId;
  if (!businessId) throw new Failed(NoCurrentBusiness);
  const checked = uses
    .memberOf(businessId, userId)
    .then((found) => checkMember(found, again ? undefined : permission));
  const noted = checked.then((member) => uses.noteUse(member)).catch(() => {});
  return { ...user, businessId, permission, membership: () => checked, noted };
}

/** Somebody who has signed in as the member that they are of a business which the handler has found. */
export function memberIn(
  { userId }: SignedInCaller,
  businessId: string,
  permission: Permission,
  uses: Bound<{ memberOf: typeof memberOf }>,
): Member {
  const checked = uses.memberOf(businessId, userId).then((found) => checkMember(found, permission));
  checked.catch(() => {});
  return { userId, businessId, permission, membership: () => checked };
}

function checkMember(found: MemberItem | undefined, permission: Permission | undefined): MemberItem {
  if (found?.state !== "Active") throw new Failed(BusinessNotFound);
  if (permission && !accessesWith(permission).includes(found.access))
    throw new Failed(Forbidden, { detail: requirementOf(permission) });
  return found;
}
