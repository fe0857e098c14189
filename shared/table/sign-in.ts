import type { Email } from "../domain/email.ts";
import { Busy } from "../domain/failures.ts";
import type { Identity } from "../domain/people.ts";
import type { Context, Operation } from "../operation.ts";
import { commit } from "./commit.ts";
import { claimEmail, handOver, releaseEmail } from "./email-claims.ts";
import { userEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import { type EmailItem, type IdentityItem, identityKey } from "./identities.ts";
import { newId } from "./ids.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { ownUser, type UserItem } from "./users.ts";

/** What a valid token says of the person who signed in. */
export interface SignIn extends Identity {
  readonly name?: string | undefined;
  readonly email?: Email | undefined;
  /** Only a verified email claims the address. */
  readonly emailVerified: boolean;
  /** Whether the issuer's verified emails may join identities of other issuers to one user. */
  readonly trusted: boolean;
}

/**
 * Makes the identity's link what the token says: creates the user on first sight (in a race exactly once), joins
 * the one who holds the verified email, or claims a newly verified email for the user who is linked already.
 */
export const linkIdentity = {
  name: "linkIdentity",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      partitions: ["IDENTITY", "USER", "EMAIL"],
    },
    { actions: ["dynamodb:DeleteItem"], partitions: ["EMAIL"] },
  ],
  fails: [Busy],
  async run(context: Context, signIn: SignIn): Promise<IdentityItem> {
    const verified = signIn.emailVerified ? signIn.email : undefined;
    return decideAnew(context, async () => {
      const [link, claim] = await Promise.all([
        get<IdentityItem>(context, identityKey(signIn)),
        verified && get<EmailItem>(context, key.email(verified.key)),
      ]);
      if (link) return verified ? verifyEmail(context, link, verified, claim, signIn.trusted) : link;
      if (verified && claim && (!claim.signedIn || (signIn.trusted && claim.trusted))) {
        return joinUser(context, signIn, verified, claim);
      }
      return createUser(context, signIn, verified, claim);
    });
  },
} satisfies Operation;

function newLink({ issuer, subject }: Identity, userId: string, verified: Email | undefined): IdentityItem {
  return { userId, issuer, subject, ...(verified && { verifiedEmail: verified.key }) };
}

/** First sight of an identity of its own: a new user, who claims the verified email where it is nobody's. */
async function createUser(
  context: Context,
  signIn: SignIn,
  verified: Email | undefined,
  claim: EmailItem | undefined,
): Promise<IdentityItem> {
  const { issuer, subject, name, email } = signIn;
  const userId = newId("usr", context.now);
  const link = newLink(signIn, userId, verified);
  const claims = verified && !claim ? verified : undefined;
  const user: UserItem = {
    id: userId,
    ...(name && { name, displayName: name }),
    ...(email && { email: email.address }),
    ...(claims && { claimedEmail: claims.key }),
    identities: [{ issuer, subject }],
    membershipsVersion: 0,
    version: 0,
    createdAt: context.now,
    signedInAt: context.now,
  };
  await commit(context, [
    { put: identityKey(signIn), item: link, when: "missing", orElse: changedMeanwhile },
    { put: key.user(userId), item: user, when: "missing" },
    ...(claims
      ? [claimEmail(claims, { userId, displayName: name, trusted: signIn.trusted }, undefined)]
      : []),
    userEvent(context, userId, { type: "user.created", actorUserId: userId, subjectId: userId }),
  ]);
  return link;
}

/** First sight of an identity whose verified email a user holds: pre-created, or a trusted issuer's person. */
async function joinUser(
  context: Context,
  signIn: SignIn,
  verified: Email,
  claim: EmailItem,
): Promise<IdentityItem> {
  const { issuer, subject } = signIn;
  const { userId } = claim;
  const user = await ownUser.run(context, userId);
  const unsettled = { takingOver: [], verifiedEmail: verified.key };
  const link = { ...newLink(signIn, userId, verified), unsettled };
  const name = user.displayName ?? signIn.name;
  await commit(context, [
    { put: identityKey(signIn), item: link, when: "missing", orElse: changedMeanwhile },
    {
      update: key.user(userId),
      set: {
        email: verified.address,
        claimedEmail: verified.key,
        modifiedAt: context.now,
        version: user.version + 1,
        ...(name && { displayName: name }),
        ...(name && !user.displayName && { name }),
      },
      setOnce: { signedInAt: context.now },
      append: { identities: [{ issuer, subject }] },
      when: { version: user.version, takenOverBy: null },
      orElse: changedMeanwhile,
    },
    claimEmail(
      verified,
      { userId, displayName: name, trusted: signIn.trusted, tookOver: claim.tookOver },
      claim,
    ),
    userEvent(context, userId, { type: "user.identity_linked", actorUserId: userId, subjectId: userId }),
  ]);
  return link;
}

/** A linked identity comes with another verified email than before: its user's claim moves, where it may. */
async function verifyEmail(
  context: Context,
  link: IdentityItem,
  verified: Email,
  claim: EmailItem | undefined,
  trusted: boolean,
): Promise<IdentityItem> {
  if (link.verifiedEmail === verified.key) return link;
  const { userId } = link;
  const user = await ownUser.run(context, userId);
  const { claimedEmail: former, displayName } = user;
  const isMine = claim?.userId === userId;
  const isFree = !claim?.signedIn || isMine;
  const yielding = claim && !claim.signedIn && !isMine ? claim.userId : undefined;
  const takingOver = [...(link.unsettled?.takingOver ?? []), ...(yielding ? [yielding] : [])];
  const tookOver = yielding ? [...(user.takingOver ?? []), yielding] : user.takingOver;
  const seen = { verifiedEmail: verified.key, unsettled: { takingOver, verifiedEmail: verified.key } };
  await commit(context, [
    {
      update: identityKey(link),
      set: seen,
      when: { verifiedEmail: link.verifiedEmail ?? null },
      orElse: changedMeanwhile,
    },
    {
      update: key.user(userId),
      ...setOrRemove({
        email: verified.address,
        claimedEmail: isFree ? verified.key : former,
        ...(yielding && { takingOver: tookOver }),
        modifiedAt: context.now,
        version: user.version + 1,
      }),
      when: { version: user.version },
      orElse: changedMeanwhile,
    },
    ...(isFree ? [claimEmail(verified, { userId, displayName, trusted, tookOver }, claim)] : []),
    ...(isFree && former && former !== verified.key ? [releaseEmail(former, userId)] : []),
    ...(yielding ? [handOver(yielding, userId)] : []),
    userEvent(context, userId, { type: "user.email_verified", actorUserId: userId, subjectId: userId }),
  ]);
  return { ...link, ...seen };
}
