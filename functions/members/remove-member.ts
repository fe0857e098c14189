import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
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
import { Nothing } from "../../shared/endpoint/wire/fields.ts";
import { removeMember } from "../../shared/table/remove-member.ts";

/** Removes a member, who can be added again; Admins may, and everybody may leave. Gives back a license. */
export const removeBusinessMember = endpoint(
  {
    route: "DELETE /businesses/me/users/{userId}",
    caller: may("members.leave"),
    repeat: byIdempotencyKey,
    returns: { 204: Nothing },
    fails: [MemberNotFound, LastOwner, RoleTooHigh, Forbidden, BusinessNotFound],
    uses: { removeMember, applyLicenses },
  },
  async ({ caller, params: { userId }, uses, fail }) => {
    if (!isId("usr", userId)) throw fail(MemberNotFound);
    await uses.removeMember(caller, userId);
    await uses.applyLicenses(caller.businessId);
    return { status: 204, body: undefined };
  },
  async () => ({ status: 204, body: undefined }),
);

export const handler = lambda(removeBusinessMember);
