import {
  BusinessNotFound,
  Forbidden,
  ParentNotFound,
  ParentNotPossible,
} from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { BusinessResponse, BusinessUpdate, businessResponse } from "../../shared/endpoint/wire/business.ts";
import { changesOf } from "../../shared/endpoint/wire/fields.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { updateBusiness } from "../../shared/table/update-business.ts";

/** Updates the current business's profile. Members left out stay as they are; null takes one back, and what is so already is no change. Its place in the hierarchy, and that it is the default one, is an Owner's to say. */
export const updateMyBusiness = endpoint(
  {
    route: "PUT /businesses/me",
    caller: may("business.update"),
    body: BusinessUpdate,
    repeat: byIdempotencyKey,
    returns: { 200: BusinessResponse },
    fails: [BusinessNotFound, Forbidden, ParentNotFound, ParentNotPossible],
    uses: { updateBusiness, businessById },
  },
  async ({ caller, body, uses }) => {
    const updated = await uses.updateBusiness(caller, changesOf(body));
    return { status: 200, body: businessResponse(updated) };
  },
  async ({ uses }, { businessId = "" }) => ({
    status: 200,
    body: businessResponse(await uses.businessById(businessId)),
  }),
);

export const handler = lambda(updateMyBusiness);
