import { BusinessNotFound } from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { BusinessResponse, businessResponse } from "../../shared/endpoint/wire/business.ts";
import { businessById } from "../../shared/table/businesses.ts";

/** Shows the current business: the one that X-Business-Id names, else the one switched to last. */
export const getBusiness = endpoint(
  {
    route: "GET /businesses/me",
    caller: may("business.read"),
    returns: { 200: BusinessResponse },
    fails: [BusinessNotFound],
    uses: { businessById },
  },
  async ({ caller, uses }) => ({
    status: 200,
    body: businessResponse(await uses.businessById(caller.businessId)),
  }),
);

export const handler = lambda(getBusiness);
