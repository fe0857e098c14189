import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import { readEmail } from "../../shared/domain/email.ts";
import {
  AlreadyMember,
  BusinessNotFound,
  Forbidden,
  LicenseLimitReached,
  MemberInactive,
  MemberNotFound,
  RoleTooHigh,
  UserNotFound,
} from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { billedBusiness } from "../../shared/endpoint/billed-business.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { MemberResponse, NewMember } from "../../shared/endpoint/wire/member.ts";
import { showMember } from "../../shared/endpoint/wire/show-member.ts";
import { addMember } from "../../shared/table/add-member.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { memberOf } from "../../shared/table/members.ts";

/** Adds an existing user to the current business, by id or by the email they have proved to own. Takes a license. */
export const addBusinessMember = endpoint(
  {
    route: "POST /businesses/me/users",
    caller: may("members.add"),
    body: NewMember,
    repeat: byIdempotencyKey,
    returns: { 200: MemberResponse },
    fails: [
      UserNotFound,
      AlreadyMember,
      MemberInactive,
      LicenseLimitReached,
      RoleTooHigh,
      Forbidden,
      BusinessNotFound,
      MemberNotFound,
    ],
    uses: { addMember, applyLicenses, memberOf, businessById },
  },
  async ({ caller, body: { userId, email, role }, uses, fail }) => {
    const address = email ? readEmail(email)?.key : undefined;
    if (!address && !isId("usr", userId ?? "")) throw fail(UserNotFound);
    const added = await uses.addMember(caller, address ? { email: address } : { userId: userId ?? "" }, role);
    const { businessId } = caller;
    const business = billedBusiness(uses, businessId);
    return { status: 200, body: await showMember(uses, businessId, added.userId, business) };
  },
  async ({ uses }, { businessId = "", userId = "" }) => ({
    status: 200,
    body: await showMember(uses, businessId, userId),
  }),
);

export const handler = lambda(addBusinessMember);
