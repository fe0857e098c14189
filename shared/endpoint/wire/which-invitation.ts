import { isId } from "../../domain/ids.ts";
import type { Which } from "../../table/answer-invitation.ts";
import { readToken } from "../../table/invitation-token.ts";

interface Named {
  readonly token?: string | null | undefined;
  readonly businessId?: string | null | undefined;
  readonly invitationId?: string | null | undefined;
}

/** The invitation that an answer names, by token or by ids; undefined where there can be none of that name. */
export function whichInvitation({ token, businessId, invitationId }: Named): Which | undefined {
  if (token) return readToken(token);
  const isNamed = isId("biz", businessId ?? "") && isId("inv", invitationId ?? "");
  return isNamed && businessId && invitationId ? { businessId, invitationId } : undefined;
}
