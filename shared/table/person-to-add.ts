import { Failed, UserNotFound } from "../domain/failures.ts";
import type { Context } from "../operation.ts";
import type { Tests } from "./expressions.ts";
import type { EmailItem } from "./identities.ts";
import { moveToOne } from "./move-membership.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";
import { asRead, personOf } from "./shown.ts";
import type { UserItem } from "./users.ts";

/** Whom to add: a user by id, or by the comparable form of an email that they have proved to own. */
export type Whom = { readonly userId: string } | { readonly email: string };

/**
 * The person, as the user or the claim of the email has them. Whom they have taken over may be a member: by the claim
 * alone one doesn't see that, so the write is refused, and the user is read as well when it is decided anew.
 */
export async function personToAdd(context: Context, whom: Whom, businessId: string, again: boolean) {
  if ("email" in whom) {
    const claim = await get<EmailItem>(context, key.email(whom.email));
    if (!claim?.signedIn) throw new Failed(UserNotFound);
    const { userId, displayName, address: email } = claim;
    const user = again ? await get<UserItem>(context, key.user(userId)) : undefined;
    const isMoved = user !== undefined && (await moveToOne(context, user, businessId));
    const when = { ...asRead({ displayName, email }), ...takesOver(isMoved) };
    return { userId, displayName, email, emailKey: whom.email, asRead: when };
  }
  const user = await get<UserItem>(context, key.user(whom.userId));
  if (!user || user.takenOverBy) throw new Failed(UserNotFound);
  const { id, signedInAt, claimedEmail: emailKey } = user;
  const isMoved = await moveToOne(context, user, businessId);
  const when = { ...asRead(user), signedInAt: signedInAt ?? null, ...takesOver(isMoved) };
  return { userId: id, ...personOf(user), emailKey, user, asRead: when };
}

const takesOver = (isSo: boolean): Tests => ({ takingOver: isSo ? { exists: true } : null });
