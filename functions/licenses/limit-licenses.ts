import { BusinessNotFound } from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { LicensesResponse, LicensesUpdate, licensesResponse } from "../../shared/endpoint/wire/licenses.ts";
import type { Bound } from "../../shared/operation.ts";
import { ledgerOf } from "../../shared/table/ledger.ts";
import { limitSeats } from "../../shared/table/subscribe.ts";

/** Limits how many licenses the current business may take; null lifts the limit. Those that are held stay. */
export const limitLicenses = endpoint(
  {
    route: "PUT /businesses/me/licenses",
    caller: may("licenses.limit"),
    body: LicensesUpdate,
    repeat: byIdempotencyKey,
    returns: { 200: LicensesResponse },
    fails: [BusinessNotFound],
    uses: { limitSeats, ledgerOf },
  },
  async ({ caller, body: { seatLimit }, now, uses, fail }) => {
    await uses.limitSeats(caller, seatLimit ?? undefined);
    const body = await show(uses, caller.businessId, now);
    if (!body) throw fail(BusinessNotFound);
    return { status: 200, body };
  },
  async ({ caller, now, uses, fail }) => {
    const body = await show(uses, caller.businessId, now);
    if (!body) throw fail(BusinessNotFound);
    return { status: 200, body };
  },
);

async function show(uses: Bound<{ ledgerOf: typeof ledgerOf }>, businessId: string, now: number) {
  const ledger = await uses.ledgerOf(businessId);
  return ledger && licensesResponse(ledger, now);
}

export const handler = lambda(limitLicenses);
