import * as z from "zod/mini";
import { BusinessNotFound } from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { BusinessResponse, businessResponse } from "../../shared/endpoint/wire/business.ts";
import { Text } from "../../shared/endpoint/wire/fields.ts";
import { lazily } from "../../shared/endpoint/wire/lazily.ts";
import { businessById, switchBusiness } from "../../shared/table/businesses.ts";
import { workplaceOf } from "../../shared/table/workplaces.ts";

const BusinessChoice = lazily(() => z.strictObject({ businessId: Text(64) }));

/** Switches the signed-in person to another of their businesses, which becomes the current one. */
export const switchToBusiness = endpoint(
  {
    route: "POST /businesses/me/switch",
    caller: signedIn,
    body: BusinessChoice,
    repeat: byIdempotencyKey,
    returns: { 200: BusinessResponse },
    fails: [BusinessNotFound],
    uses: { switchBusiness, businessById, workplaceOf },
  },
  async ({ caller, body: { businessId }, uses }) => {
    const [found] = await Promise.all([
      uses.businessById(businessId),
      uses.switchBusiness(caller.userId, businessId),
    ]);
    return { status: 200, body: businessResponse(found) };
  },
  async ({ caller, uses, fail }, { businessId = "" }) => {
    if (!(await uses.workplaceOf(caller.userId, businessId))) throw fail(BusinessNotFound);
    return { status: 200, body: businessResponse(await uses.businessById(businessId)) };
  },
);

export const handler = lambda(switchToBusiness);
