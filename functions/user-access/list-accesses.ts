import { type Access, accesses } from "../../shared/domain/accesses.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { userAccess } from "../../shared/endpoint/dialects/user-access.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { AccessListResponse, accessEntry } from "../../shared/endpoint/wire/user-access.ts";

/** Lists the accesses that a user can have to a company, the highest first. */
export const listAccesses = endpoint(
  {
    route: "GET /api/v1/accesses",
    caller: signedIn,
    dialect: userAccess,
    returns: { 200: AccessListResponse },
    fails: [],
    uses: {},
  },
  async () => ({ status: 200, body: { accesses: (Object.keys(accesses) as Access[]).map(accessEntry) } }),
);

export const handler = lambda(listAccesses);
