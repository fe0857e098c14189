import { accessById } from "../../shared/domain/accesses.ts";
import { AccessNotFound } from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { userAccess } from "../../shared/endpoint/dialects/user-access.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { AccessResponse, accessEntry } from "../../shared/endpoint/wire/user-access.ts";

/** Shows one of the accesses that a user can have to a company. */
export const getAccess = endpoint(
  {
    route: "GET /api/v1/accesses/{id}",
    caller: signedIn,
    dialect: userAccess,
    returns: { 200: AccessResponse },
    fails: [AccessNotFound],
    uses: {},
  },
  async ({ params: { id }, fail }) => {
    const code = accessById(id);
    if (!code) throw fail(AccessNotFound);
    return { status: 200, body: { access: accessEntry(code) } };
  },
);

export const handler = lambda(getAccess);
