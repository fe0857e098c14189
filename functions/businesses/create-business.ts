import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { BusinessResponse, businessResponse, NewBusiness } from "../../shared/endpoint/wire/business.ts";
import { changesOf } from "../../shared/endpoint/wire/fields.ts";
import { createBusiness } from "../../shared/table/businesses.ts";

/** Creates a business. The caller becomes its Owner, and it becomes their current business. */
export const createMyBusiness = endpoint(
  {
    route: "POST /businesses/me",
    caller: signedIn,
    body: NewBusiness,
    returns: { 201: BusinessResponse },
    fails: [],
    uses: { createBusiness },
  },
  async ({ caller, body, uses }) => {
    const created = await uses.createBusiness(caller.userId, changesOf(body));
    return { status: 201, body: businessResponse(created) };
  },
);

export const handler = lambda(createMyBusiness);
