import {
  BusinessNotFound,
  Forbidden,
  InvalidRequest,
  LastOwner,
  MemberNotFound,
  PrimaryNeeded,
  PrimaryNotYours,
  RoleTooHigh,
} from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { userAccess } from "../../shared/endpoint/dialects/user-access.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { checkUser, namedAccess } from "../../shared/endpoint/wire/access-ids.ts";
import {
  UserAccessResponse,
  UserAccessUpdate,
  userAccessEntry,
} from "../../shared/endpoint/wire/user-access.ts";
import { changeUserAccess } from "../../shared/table/change-user-access.ts";
import { userAccessOf } from "../../shared/table/user-accesses.ts";

/** Changes which access a user has to a company, and whether it is their primary one, which unsets the other. */
export const updateUserAccess = endpoint(
  {
    route: "PUT /api/v1/users/{user_id}/user_access",
    caller: may("members.primary", "company_id"),
    dialect: userAccess,
    body: UserAccessUpdate,
    repeat: byIdempotencyKey,
    returns: { 200: UserAccessResponse },
    fails: [
      MemberNotFound,
      LastOwner,
      PrimaryNotYours,
      PrimaryNeeded,
      RoleTooHigh,
      Forbidden,
      BusinessNotFound,
      InvalidRequest,
    ],
    uses: { changeUserAccess, userAccessOf },
  },
  async ({ caller, params: { user_id: userId }, body: { user_id, access_id, primary }, uses, fail }) => {
    checkUser(userId, user_id);
    const access = access_id === undefined ? undefined : namedAccess(userId, { access_id });
    if (!isId("usr", userId)) throw fail(MemberNotFound);
    await uses.changeUserAccess(caller, userId, { access, primary });
    const changed = await uses.userAccessOf(caller.businessId, userId);
    return { status: 200, body: { user_access: userAccessEntry(changed) } };
  },
  async ({ uses }, { businessId = "", userId = "" }) => ({
    status: 200,
    body: { user_access: userAccessEntry(await uses.userAccessOf(businessId, userId)) },
  }),
);

export const handler = lambda(updateUserAccess);
