import { Forbidden, UserNotFound } from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { userAccess } from "../../shared/endpoint/dialects/user-access.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { UserAccessListResponse, userAccessEntry } from "../../shared/endpoint/wire/user-access.ts";
import { settle } from "../../shared/table/settle.ts";
import { userAccesses } from "../../shared/table/user-accesses.ts";

/** Lists the accesses of a user, oldest first: one's own, or of others those in the companies that one is an admin of. */
export const listUserAccesses = endpoint(
  {
    route: "GET /api/v1/users/{user_id}/user_access",
    caller: signedIn,
    dialect: userAccess,
    returns: { 200: UserAccessListResponse },
    fails: [UserNotFound, Forbidden],
    uses: { userAccesses, settle },
  },
  async ({ caller, params, uses, fail }) => {
    if (!isId("usr", params.user_id)) throw fail(UserNotFound);
    const { userId, unsettled } = caller;
    if (unsettled && userId === params.user_id) await uses.settle(caller, unsettled);
    const found = await uses.userAccesses(userId, params.user_id);
    return { status: 200, body: { user_accesses: found.map(userAccessEntry) } };
  },
);

export const handler = lambda(listUserAccesses);
