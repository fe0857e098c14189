import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import { isMailable, readEmail } from "../../shared/domain/email.ts";
import {
  BusinessNotFound,
  CompanyUserNotFound,
  Forbidden,
  InvalidRequest,
  InvitationLimitReached,
  LastOwner,
  LicenseLimitReached,
  OwnerNotAddable,
  RoleTooHigh,
  UserCodeTaken,
} from "../../shared/domain/failures.ts";
import { memberName } from "../../shared/domain/people.ts";
import { sendInvitation } from "../../shared/email/send-invitation.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { deliver } from "../../shared/endpoint/deliver.ts";
import { companyUsers } from "../../shared/endpoint/dialects/company-users.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { finishAll } from "../../shared/endpoint/finish-all.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { CompanyUserRequest, CompanyUserResponse } from "../../shared/endpoint/wire/company-user.ts";
import { companyUserResponse, profileOf } from "../../shared/endpoint/wire/show-company-user.ts";
import { sealSsn } from "../../shared/sealing/seal-ssn.ts";
import { companyUserOf } from "../../shared/table/company-users.ts";
import { recordMail } from "../../shared/table/mail-invitation.ts";
import { saveCompanyUser } from "../../shared/table/save-company-user.ts";

/** Adds a user with a full profile of the company's own to it, or updates them; active ones hold a license. */
export const addCompanyUser = endpoint(
  {
    route: "POST /v2/user/add",
    caller: may("members.add"),
    dialect: companyUsers,
    body: CompanyUserRequest,
    repeat: byIdempotencyKey,
    returns: { 200: CompanyUserResponse, 201: CompanyUserResponse },
    fails: [
      OwnerNotAddable,
      CompanyUserNotFound,
      UserCodeTaken,
      LicenseLimitReached,
      InvitationLimitReached,
      LastOwner,
      RoleTooHigh,
      Forbidden,
      BusinessNotFound,
      InvalidRequest,
    ],
    uses: { saveCompanyUser, companyUserOf, sealSsn, sendInvitation, recordMail, applyLicenses },
  },
  async ({ caller, body, uses, fail }) => {
    const wrong = (pointer: string, reason: string) =>
      fail(InvalidRequest, { errors: [{ in: "body", pointer, reason }] });
    const { email: address, user_code: userCode, role, state, ssn, send_email, password } = body;
    if (typeof password === "string") {
      throw wrong(
        "/password",
        "passwords are kept by your identity provider, and never given to this service",
      );
    }
    const email = address ? readEmail(address) : undefined;
    if (address && !email) throw wrong("/email", "must be an email address");
    if (send_email && email && !isMailable(email)) {
      throw wrong("/email", "takes no mail: its local part must be in ASCII where send_email is true");
    }
    if (!email && !userCode) throw wrong("/email", "name the user by email, or by user_code");
    const sealedSsn = ssn ? await uses.sealSsn(ssn) : ssn;
    if (ssn && !sealedSsn) {
      throw wrong(
        "/ssn",
        "is taken only with a key to seal it to: companyUsers.ssnKey in the stage's configuration",
      );
    }
    const saved = await uses.saveCompanyUser(caller, {
      email,
      userCode,
      role,
      state: state && stateByName[state],
      profile: profileOf(body),
      sealedSsn,
      sendsMail: send_email ?? false,
    });
    const { businessId } = caller;
    const show = async () => {
      const shown = await uses.companyUserOf(businessId, saved.userId);
      const inviterName = memberName(await caller.membership());
      const names = { businessName: shown.business.name, inviterName };
      if (saved.mail) await deliver(uses, saved.mail, names);
      return shown;
    };
    const [shown] = await finishAll([show(), uses.applyLicenses(businessId)]);
    return { status: saved.isNew ? 201 : 200, body: companyUserResponse(shown) };
  },
  async ({ uses }, { businessId = "", userId = "", isNew }) => ({
    status: isNew === "true" ? 201 : 200,
    body: companyUserResponse(await uses.companyUserOf(businessId, userId)),
  }),
);

const stateByName = { ACTIVE: "Active", INACTIVE: "Inactive" } as const;

export const handler = lambda(addCompanyUser);
