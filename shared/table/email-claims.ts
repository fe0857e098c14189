import type { Email } from "../domain/email.ts";
import type { Write } from "./commit.ts";
import type { EmailItem } from "./identities.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

/** Claims an address that is as it was read: nobody's, or of a user who yields it. */
export function claimEmail(
  email: Email,
  by: Pick<EmailItem, "userId" | "displayName" | "trusted" | "tookOver">,
  claim: EmailItem | undefined,
): Write {
  return {
    put: key.email(email.key),
    item: { ...by, signedIn: true, address: email.address } satisfies EmailItem,
    when: claim ? { userId: claim.userId, signedIn: claim.signedIn } : "missing",
    orElse: changedMeanwhile,
  };
}

export function releaseEmail(emailKey: string, userId: string): Write {
  return { delete: key.email(emailKey), when: { userId }, orElse: changedMeanwhile };
}

/** Ends a user nobody has signed in as, whose memberships `settle` will move. */
export function handOver(userId: string, takenOverBy: string): Write {
  return {
    update: key.user(userId),
    set: { takenOverBy },
    when: { id: userId, signedInAt: null, takenOverBy: null },
    orElse: changedMeanwhile,
  };
}
