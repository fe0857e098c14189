import { Failed, UserCodeTaken } from "../domain/failures.ts";
import { isId } from "../domain/ids.ts";
import type { Write } from "./commit.ts";
import type { Decided } from "./company-user-change.ts";
import type { Member } from "./members.ts";
import { key } from "./schema.ts";

/** A code is of one user of the company: taken in the transaction, and the one before given back; null takes none. */
export function codeWrites(
  { businessId }: Member,
  { change: { userCode }, userId, member }: Decided,
): Write[] {
  if (userCode === undefined || userCode === member?.userCode) return [];
  if (userCode !== null && isId("usr", userCode)) {
    if (userCode === userId) return [];
    throw new Failed(UserCodeTaken);
  }
  const before = member?.userCode;
  const givenBack: Write[] = before ? [{ delete: key.userCode(businessId, before) }] : [];
  if (userCode === null) return givenBack;
  return [
    {
      put: key.userCode(businessId, userCode),
      item: { userId },
      when: [{ userId: null }, { userId }],
      orElse: UserCodeTaken,
    },
    ...givenBack,
  ];
}
