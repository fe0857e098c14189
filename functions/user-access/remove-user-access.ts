import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import {
  BusinessNotFound,
  Forbidden,
  LastOwner,
  MemberNotFound,
  RoleTooHigh,
  UserAccessNotFound,
} from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { memberIn, signedIn } from "../../shared/endpoint/caller.ts";
import { userAccess } from "../../shared/endpoint/dialects/user-access.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { Nothing } from "../../shared/endpoint/wire/fields.ts";
import { memberOf } from "../../shared/table/members.ts";
import { removeMember } from "../../shared/table/remove-member.ts";
import { sharedMemberships } from "../../shared/table/user-accesses.ts";

/** Removes an access of a user; of the others the oldest becomes primary, where it was. Gives back a license. */
export const removeUserAccess = endpoint(
  {
    route: "DELETE /api/v1/users/{user_id}/user_access/{user_access_id}",
    caller: signedIn,
    dialect: userAccess,
    repeat: byIdempotencyKey,
    returns: { 204: Nothing },
    fails: [UserAccessNotFound, MemberNotFound, LastOwner, RoleTooHigh, Forbidden, BusinessNotFound],
    uses: { sharedMemberships, memberOf, removeMember, applyLicenses },
  },
  async ({ caller, params: { user_id: userId, user_access_id }, uses, fail }) => {
    if (!isId("usr", userId)) throw fail(UserAccessNotFound);
    const shared = await uses.sharedMemberships(caller.userId, userId);
    const found = shared.find(({ id }) => id === user_access_id);
    if (!found) throw fail(UserAccessNotFound);
    const { businessId } = found;
    await uses.removeMember(memberIn(caller, businessId, "members.leave", uses), userId);
    await uses.applyLicenses(businessId);
    return { status: 204, body: undefined };
  },
  async () => ({ status: 204, body: undefined }),
);

export const handler = lambda(removeUserAccess);
