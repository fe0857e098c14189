import { findUnknownCustomer } from "../../shared/billing/unknown-customer.ts";
import { isNews } from "../../shared/domain/stripe-news.ts";
import { signedByStripe } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { Nothing } from "../../shared/endpoint/wire/fields.ts";
import { noteStripeNews } from "../../shared/table/stripe-news.ts";

/** Takes in that Stripe has news of a business, in any order and however often. What the news are, a job reads at Stripe. */
export const takeStripeEvent = endpoint(
  {
    route: "POST /webhooks/stripe",
    caller: signedByStripe,
    returns: { 204: Nothing },
    fails: [],
    uses: { noteStripeNews, findUnknownCustomer },
  },
  async ({ caller: { id, type, customerId }, uses }) => {
    if (customerId && isNews(type)) {
      const noted = await uses.noteStripeNews(id, customerId);
      if (noted === "unknown customer" && (await uses.findUnknownCustomer(customerId)))
        await uses.noteStripeNews(id, customerId);
    }
    return { status: 204, body: undefined };
  },
);

export const handler = lambda(takeStripeEvent);
