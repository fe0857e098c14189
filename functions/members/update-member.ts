import {
  BusinessNotFound,
  Forbidden,
  LastOwner,
  MemberNotFound,
  RoleTooHigh,
} from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { MemberResponse, MemberUpdate } from "../../shared/endpoint/wire/member.ts";
import { showMember } from "../../shared/endpoint/wire/show-member.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { changeRole } from "../../shared/table/change-member.ts";
import { memberOf } from "../../shared/table/members.ts";

/** Changes the role of a member. Nobody grants or touches a role above their own; the last Owner stays one. */
export const updateMember = endpoint(
  {
    route: "PUT /businesses/me/users/{userId}",
    caller: may("members.update"),
    body: MemberUpdate,
    repeat: byIdempotencyKey,
    returns: { 200: MemberResponse },
    fails: [MemberNotFound, LastOwner, RoleTooHigh, Forbidden, BusinessNotFound],
    uses: { changeRole, memberOf, businessById },
  },
  async ({ caller, params: { userId }, body: { role }, uses, fail }) => {
    if (!isId("usr", userId)) throw fail(MemberNotFound);
    await uses.changeRole(caller, userId, role);
    return { status: 200, body: await showMember(uses, caller.businessId, userId) };
  },
  async ({ uses }, { businessId = "", userId = "" }) => ({
    status: 200,
    body: await showMember(uses, businessId, userId),
  }),
);

export const handler = lambda(updateMember);
