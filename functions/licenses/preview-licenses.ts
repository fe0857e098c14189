import { previewLicenses } from "../../shared/billing/checkout.ts";
import {
  BusinessNotFound,
  Failed,
  type Failure,
  LicenseLimitReached,
  StripeRefused,
  StripeUnavailable,
  TooManyRequests,
} from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint, type Request, type Specification } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { timestamp } from "../../shared/endpoint/wire/fields.ts";
import { PreviewRequest, PreviewResponse } from "../../shared/endpoint/wire/licenses.ts";
import { ledgerOf } from "../../shared/table/ledger.ts";

const specification = {
  route: "POST /businesses/me/licenses/preview",
  caller: may("licenses.read"),
  body: PreviewRequest,
  repeat: byIdempotencyKey,
  returns: { 200: PreviewResponse },
  fails: [BusinessNotFound, StripeUnavailable, StripeRefused, TooManyRequests],
  uses: { ledgerOf, previewLicenses },
} as const satisfies Specification;

const ofStripe: ReadonlySet<Failure> = new Set([StripeUnavailable, StripeRefused]);

/** Says whether the current business may take so many more licenses, and what they would cost. Changes nothing. */
export const previewMoreLicenses = endpoint(specification, preview, preview);

async function preview({ caller, body: { add }, uses, fail }: Request<typeof specification>) {
  const ledger = await uses.ledgerOf(caller.businessId);
  if (!ledger) throw fail(BusinessNotFound);
  const { seatLimit, seats } = ledger;
  const allowed = seatLimit === undefined || seats + add <= seatLimit;
  const cost = await uses.previewLicenses(caller.businessId, ledger, add).catch((error) => {
    // Whoever may not have them is told so, also where their price can't be had.
    const isStripes = error instanceof Failed && ofStripe.has(error.failure);
    if (allowed || !isStripes) throw error;
    return undefined;
  });
  return {
    status: 200,
    body: {
      allowed,
      reason: allowed ? null : LicenseLimitReached.title,
      seats: seats + add,
      seatLimit: seatLimit ?? null,
      currency: cost?.currency ?? null,
      amountNow: cost?.dueNow ?? null,
      proratedAmount: cost?.prorations ?? null,
      nextInvoiceAmount: cost?.nextInvoice?.amount ?? null,
      nextInvoiceAt: timestamp(cost?.nextInvoice?.at),
    },
  } as const;
}

export const handler = lambda(previewMoreLicenses);
