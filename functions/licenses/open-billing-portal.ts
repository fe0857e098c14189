import { openPortal } from "../../shared/billing/checkout.ts";
import {
  BusinessNotFound,
  NoBilling,
  NoSubscription,
  StripeRefused,
  StripeUnavailable,
  TooManyRequests,
} from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint, type Request, type Specification } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { PortalResponse } from "../../shared/endpoint/wire/licenses.ts";
import { ledgerOf } from "../../shared/table/ledger.ts";

const specification = {
  route: "POST /businesses/me/billing-portal",
  caller: may("billing.manage"),
  repeat: byIdempotencyKey,
  returns: { 200: PortalResponse },
  fails: [NoBilling, NoSubscription, StripeUnavailable, StripeRefused, TooManyRequests, BusinessNotFound],
  uses: { ledgerOf, openPortal },
} as const satisfies Specification;

/** Answers a link to Stripe's portal, where the current business's cards, plan and invoices are. It lives for minutes. */
export const openBillingPortal = endpoint(specification, link, link);

async function link({ caller, uses, fail }: Request<typeof specification>) {
  const ledger = await uses.ledgerOf(caller.businessId);
  if (!ledger) throw fail(BusinessNotFound);
  const { url } = await uses.openPortal(caller.businessId, ledger);
  return { status: 200, body: { url } } as const;
}

export const handler = lambda(openBillingPortal);
