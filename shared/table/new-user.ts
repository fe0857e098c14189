import { displayName } from "../domain/people.ts";
import type { Context } from "../operation.ts";
import type { Write } from "./commit.ts";
import type { Decided } from "./company-user-change.ts";
import type { EmailItem } from "./identities.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

/** A user nobody has signed in as takes name and phone from the company that creates them. */
export function newUser(context: Context, { userId, change: { email, profile } }: Decided) {
  const { firstName, lastName, phone } = profile;
  const name = displayName({ firstName, lastName }) ?? undefined;
  return {
    id: userId,
    email: email?.address,
    claimedEmail: email?.key,
    ...(name && { displayName: name }),
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(phone && { phone }),
    identities: [],
    version: 0,
    createdAt: context.now,
  };
}

/** The write that claims the email of a user who is created; the first verified sign-in takes them over. */
export function claimWrites(
  { user, userId, change: { email } }: Decided,
  shown: string | undefined,
): Write[] {
  if (user || !email) return [];
  const item: EmailItem = {
    userId,
    signedIn: false,
    address: email.address,
    ...(shown && { displayName: shown }),
  };
  return [{ put: key.email(email.key), item, when: "missing", orElse: changedMeanwhile }];
}
