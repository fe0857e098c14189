import { BusinessNotFound } from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { LicensesResponse, licensesResponse } from "../../shared/endpoint/wire/licenses.ts";
import { ledgerOf } from "../../shared/table/ledger.ts";

/** Shows the licenses of the current business: who takes them, what Stripe was told, and what is still under way. */
export const getLicenses = endpoint(
  {
    route: "GET /businesses/me/licenses",
    caller: may("licenses.read"),
    returns: { 200: LicensesResponse },
    fails: [BusinessNotFound],
    uses: { ledgerOf },
  },
  async ({ caller, now, uses, fail }) => {
    const ledger = await uses.ledgerOf(caller.businessId);
    if (!ledger) throw fail(BusinessNotFound);
    return { status: 200, body: licensesResponse(ledger, now) };
  },
);

export const handler = lambda(getLicenses);
