import { BusinessNotFound, CompanyUserNotFound } from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { companyUsers } from "../../shared/endpoint/dialects/company-users.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { CompanyUserResponse, UserCode } from "../../shared/endpoint/wire/company-user.ts";
import { companyUserResponse } from "../../shared/endpoint/wire/show-company-user.ts";
import { companyUserOf, userIdByCode } from "../../shared/table/company-users.ts";

/** Shows a user of the current company by their code, with the profile that the company keeps, as JSON or as XML. */
export const getCompanyUser = endpoint(
  {
    route: "GET /v2/user/{user_code}",
    caller: may("members.profile"),
    dialect: companyUsers,
    returns: { 200: CompanyUserResponse },
    fails: [CompanyUserNotFound, BusinessNotFound],
    uses: { userIdByCode, companyUserOf },
  },
  async ({ caller: { businessId }, params: { user_code: code }, uses, fail }) => {
    if (!UserCode().safeParse(code).success) throw fail(CompanyUserNotFound);
    const userId = await uses.userIdByCode(businessId, code);
    if (!userId) throw fail(CompanyUserNotFound);
    return { status: 200, body: companyUserResponse(await uses.companyUserOf(businessId, userId)) };
  },
);

export const handler = lambda(getCompanyUser);
