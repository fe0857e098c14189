import type { applyLicenses } from "../billing/apply-licenses.ts";
import type { Bound } from "../operation.ts";
import type { BusinessState, businessById } from "../table/businesses.ts";
import { finishAll } from "./finish-all.ts";

type Uses = Bound<{ applyLicenses: typeof applyLicenses; businessById: typeof businessById }>;

/** A business, read while its change of licenses is told to Stripe, with the ledger as it is after that. */
export async function billedBusiness(uses: Uses, businessId: string): Promise<BusinessState> {
  const [state, applied] = await finishAll([uses.businessById(businessId), uses.applyLicenses(businessId)]);
  return { ...state, licenses: applied ?? state.licenses };
}
