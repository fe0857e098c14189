import { openCheckout } from "../../shared/billing/checkout.ts";
import { heedHold } from "../../shared/billing/heed-hold.ts";
import {
  AlreadySubscribed,
  BillingHeld,
  BusinessNotFound,
  NoBilling,
  StripeRefused,
  StripeUnavailable,
  TooManyRequests,
} from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { timestamp } from "../../shared/endpoint/wire/fields.ts";
import { CheckoutResponse, NewSubscription } from "../../shared/endpoint/wire/licenses.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { noteCheckout } from "../../shared/table/subscribe.ts";

/** Begins a subscription for the current business: answers a page of Stripe's to pay on. It counts once that is done. */
export const beginSubscription = endpoint(
  {
    route: "POST /businesses/me/subscription",
    caller: may("billing.manage"),
    body: NewSubscription,
    repeat: byIdempotencyKey,
    returns: { 200: CheckoutResponse },
    fails: [
      AlreadySubscribed,
      BillingHeld,
      NoBilling,
      StripeUnavailable,
      StripeRefused,
      TooManyRequests,
      BusinessNotFound,
    ],
    uses: { heedHold, businessById, openCheckout, noteCheckout },
  },
  async ({ caller, body: { billingPlan }, uses }) => {
    await uses.heedHold();
    const { businessId } = caller;
    const state = await uses.businessById(businessId);
    const { customer, checkout } = await uses.openCheckout(state, billingPlan);
    const { url } = checkout;
    const expiresAt = timestamp(checkout.expiresAt);
    const noted = { read: state.licenses, customer, until: checkout.expiresAt };
    await uses.noteCheckout(caller, noted, { businessId, url, expiresAt });
    return { status: 200, body: { url, expiresAt } };
  },
  async (_, { url = "", expiresAt = "" }) => ({ status: 200, body: { url, expiresAt } }),
);

export const handler = lambda(beginSubscription);
