import { readEmail } from "../domain/email.ts";
import type { Context } from "../operation.ts";
import type { Write } from "./commit.ts";
import { setOrRemove } from "./expressions.ts";
import type { UserMemberItem } from "./members.ts";
import { queryAll } from "./query.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

/**
 * Businesses show their members by name and email. Both stand on the membership, so that a page of members is one
 * query; what changes a person's profile changes their memberships too.
 */
export interface Person {
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
}

/** What is of the user goes to a business once somebody has signed in: before, other companies have named them. */
export function personOf({
  signedInAt,
  displayName,
  email,
}: Person & { readonly signedInAt?: number }): Person {
  return signedInAt === undefined ? { email } : { displayName, email };
}

export function shownOf({ displayName, email }: Person) {
  const userEmailKey = email === undefined ? undefined : readEmail(email)?.key;
  return { userName: displayName, userEmail: email, userEmailKey };
}

/** What a transaction checks of the user whom it shows. */
export function asRead({ displayName, email }: Person) {
  return { displayName: displayName ?? null, email: email ?? null };
}

/** Every membership of a user. */
export async function userMemberships(context: Context, userId: string): Promise<UserMemberItem[]> {
  return queryAll<UserMemberItem>(context, { pk: key.user(userId).pk, prefix: "MEMBER#" });
}

/**
 * Every membership of a user who was read before: as long as that user's `membershipsVersion` stands, which the
 * transaction is to check, so does what was read of them since.
 */
export async function membershipsAfter(context: Context, user: { readonly id: string }) {
  return userMemberships(context, user.id);
}

/** The businesses that have added a user without letting them in yet. */
export async function inactiveMemberships(
  context: Context,
  userId: string,
): Promise<{ businessId: string }[]> {
  return queryAll<{ businessId: string }>(context, { pk: key.user(userId).pk, prefix: "INACTIVE#" });
}

const perTransaction = 25;

/**
 * The writes that show a person in their memberships: those for the transaction that changes the profile, and for
 * people with more than 25 businesses the rest, a transaction each, to go before it: ended in the middle, the change
 * has not been made, and its repetition writes them all again.
 */
export function showWrites(
  userId: string,
  memberships: readonly UserMemberItem[],
  person: Person,
): [now: Write[], later: Write[][]] {
  const writes = memberships.map(
    ({ businessId }): Write => ({
      update: key.member(businessId, userId),
      ...setOrRemove(shownOf(person)),
      when: { state: "Active" },
      orElse: changedMeanwhile,
    }),
  );
  const groups = Array.from({ length: Math.ceil(writes.length / perTransaction) }, (_, n) =>
    writes.slice(n * perTransaction, (n + 1) * perTransaction),
  );
  return [groups[0] ?? [], groups.slice(1)];
}
