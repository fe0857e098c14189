import { type Failed, type Failure, RequestInProgress } from "../../domain/failures.ts";
import type { Dialect } from "../dialect.ts";
import { tenantry } from "./tenantry.ts";

/**
 * As APIs made with Rails speak: what is wrong by field, `{"errors": {"field": ["…"]}}`, and 422 for whatever the
 * request or the state of things doesn't allow. `code` is the same as everywhere in Tenantry.
 */
export const userAccess: Dialect = {
  ...tenantry,
  name: "userAccess",
  failureType: undefined,
  statusOf: (failure) => (failure === RequestInProgress ? 409 : (statuses[failure.status] ?? failure.status)),
  writeFailure: (_, failed) => ({ contentType: "application/json", body: JSON.stringify(errorsOf(failed)) }),
};

const statuses: Readonly<Record<Failure["status"], number>> = { 400: 422, 409: 422 };

function errorsOf({ failure: { code, title }, details: { detail = title, errors } }: Failed) {
  const named = errors?.map(({ pointer, reason }) => ({ field: pointer.slice(1) || "base", reason }));
  const byField = Map.groupBy(named ?? [{ field: "base", reason: detail }], ({ field }) => field);
  return {
    errors: Object.fromEntries([...byField].map(([field, all]) => [field, all.map(({ reason }) => reason)])),
    code,
  };
}
