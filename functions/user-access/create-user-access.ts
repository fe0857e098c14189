import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import {
  AlreadyMember,
  BusinessNotFound,
  Forbidden,
  InvalidRequest,
  LicenseLimitReached,
  MemberInactive,
  MemberNotFound,
  PrimaryNotYours,
  RoleTooHigh,
  UserNotFound,
} from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { userAccess } from "../../shared/endpoint/dialects/user-access.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { finishAll } from "../../shared/endpoint/finish-all.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { namedAccess } from "../../shared/endpoint/wire/access-ids.ts";
import {
  NewUserAccess,
  UserAccessResponse,
  userAccessEntry,
} from "../../shared/endpoint/wire/user-access.ts";
import { addUserAccess } from "../../shared/table/add-user-access.ts";
import { userAccessOf } from "../../shared/table/user-accesses.ts";

/** Gives an existing user an access to a company, primary or not; their first is always primary. Takes a license. */
export const createUserAccess = endpoint(
  {
    route: "POST /api/v1/users/{user_id}/user_access",
    caller: may("members.add", "company_id"),
    dialect: userAccess,
    body: NewUserAccess,
    repeat: byIdempotencyKey,
    returns: { 201: UserAccessResponse },
    fails: [
      UserNotFound,
      AlreadyMember,
      MemberInactive,
      LicenseLimitReached,
      PrimaryNotYours,
      RoleTooHigh,
      Forbidden,
      BusinessNotFound,
      MemberNotFound,
      InvalidRequest,
    ],
    uses: { addUserAccess, applyLicenses, userAccessOf },
  },
  async ({ caller, params: { user_id: userId }, body, uses, fail }) => {
    const access = namedAccess(userId, body);
    if (!isId("usr", userId)) throw fail(UserNotFound);
    await uses.addUserAccess(caller, userId, { access, primary: body.primary });
    const { businessId } = caller;
    const [added] = await finishAll([uses.userAccessOf(businessId, userId), uses.applyLicenses(businessId)]);
    return { status: 201, body: { user_access: userAccessEntry(added) } };
  },
  async ({ uses }, { businessId = "", userId = "" }) => ({
    status: 201,
    body: { user_access: userAccessEntry(await uses.userAccessOf(businessId, userId)) },
  }),
);

export const handler = lambda(createUserAccess);
