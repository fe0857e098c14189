import { BusinessNotFound, ParentNotFound, ParentNotPossible } from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { BusinessResponse, businessResponse, NewBusiness } from "../../shared/endpoint/wire/business.ts";
import { changesOf } from "../../shared/endpoint/wire/fields.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { createBusiness } from "../../shared/table/create-business.ts";
import { workplaceOf } from "../../shared/table/workplaces.ts";

/** Creates a business. The caller becomes its Owner, and it becomes their current business. */
export const createMyBusiness = endpoint(
  {
    route: "POST /businesses/me",
    caller: signedIn,
    body: NewBusiness,
    repeat: byIdempotencyKey,
    returns: { 201: BusinessResponse },
    fails: [BusinessNotFound, ParentNotFound, ParentNotPossible],
    uses: { createBusiness, businessById, workplaceOf },
  },
  async ({ caller, body, uses }) => {
    const created = await uses.createBusiness(caller.userId, changesOf(body));
    return { status: 201, body: businessResponse(created) };
  },
  async ({ caller, uses, fail }, { businessId = "" }) => {
    if (!(await uses.workplaceOf(caller.userId, businessId))) throw fail(BusinessNotFound);
    return { status: 201, body: businessResponse(await uses.businessById(businessId)) };
  },
);

export const handler = lambda(createMyBusiness);
