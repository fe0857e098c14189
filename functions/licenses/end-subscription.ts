import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import { heedHold } from "../../shared/billing/heed-hold.ts";
import { BillingHeld, BusinessNotFound, NoSubscription } from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { Nothing } from "../../shared/endpoint/wire/fields.ts";
import { endSubscription } from "../../shared/table/subscribe.ts";

/** Ends the current business's subscription with the period that is paid for. Members stay, and are billed no more. */
export const endMySubscription = endpoint(
  {
    route: "DELETE /businesses/me/subscription",
    caller: may("billing.manage"),
    repeat: byIdempotencyKey,
    returns: { 204: Nothing },
    fails: [NoSubscription, BillingHeld, BusinessNotFound],
    uses: { heedHold, endSubscription, applyLicenses },
  },
  async ({ caller, uses }) => {
    await uses.heedHold();
    await uses.endSubscription(caller);
    await uses.applyLicenses(caller.businessId);
    return { status: 204, body: undefined };
  },
  async () => ({ status: 204, body: undefined }),
);

export const handler = lambda(endMySubscription);
