import { AlreadyOwner, BusinessNotFound, Forbidden, MemberNotFound } from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { MemberResponse } from "../../shared/endpoint/wire/member.ts";
import { showMember } from "../../shared/endpoint/wire/show-member.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { transferOwnership } from "../../shared/table/change-member.ts";
import { memberOf } from "../../shared/table/members.ts";

/** Hands the ownership over: the member becomes Owner and the caller Admin, both or neither. */
export const transferBusinessOwnership = endpoint(
  {
    route: "POST /businesses/me/users/{userId}/transfer-ownership",
    caller: may("ownership.transfer"),
    repeat: byIdempotencyKey,
    returns: { 200: MemberResponse },
    fails: [MemberNotFound, AlreadyOwner, Forbidden, BusinessNotFound],
    uses: { transferOwnership, memberOf, businessById },
  },
  async ({ caller, params: { userId }, uses, fail }) => {
    if (!isId("usr", userId)) throw fail(MemberNotFound);
    await uses.transferOwnership(caller, userId);
    return { status: 200, body: await showMember(uses, caller.businessId, userId) };
  },
  async ({ uses }, { businessId = "", userId = "" }) => ({
    status: 200,
    body: await showMember(uses, businessId, userId),
  }),
);

export const handler = lambda(transferBusinessOwnership);
