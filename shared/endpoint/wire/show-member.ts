import { Failed, MemberNotFound } from "../../domain/failures.ts";
import type { Bound } from "../../operation.ts";
import type { businessById } from "../../table/businesses.ts";
import type { memberOf } from "../../table/members.ts";
import { finishAll } from "../finish-all.ts";
import { memberResponse } from "./member.ts";

type Uses = Bound<{ businessById: typeof businessById; memberOf: typeof memberOf }>;

/** A member as they are now, with their business and its ledger: the answer to every change of a member. */
export async function showMember(
  uses: Uses,
  businessId: string,
  userId: string,
  business = uses.businessById(businessId),
) {
  const [state, member] = await finishAll([business, uses.memberOf(businessId, userId)]);
  if (!member) throw new Failed(MemberNotFound);
  return memberResponse(state, member);
}
