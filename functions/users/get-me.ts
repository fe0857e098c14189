import { BusinessNotFound } from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { UserResponse, userResponse } from "../../shared/endpoint/wire/user.ts";
import { settle } from "../../shared/table/settle.ts";
import { ownUser } from "../../shared/table/users.ts";
import { workplaceOf } from "../../shared/table/workplaces.ts";

/** Shows the signed-in person: profile, identities, roles and billing in the current business, what they accepted. */
export const getMe = endpoint(
  {
    route: "GET /users/me",
    caller: signedIn,
    returns: { 200: UserResponse },
    fails: [BusinessNotFound],
    uses: { ownUser, workplaceOf, settle },
  },
  async ({ caller, uses, fail }) => {
    const { userId, requestedBusinessId, unsettled } = caller;
    if (unsettled) await uses.settle(caller, unsettled);
    const [user, requested] = await Promise.all([
      uses.ownUser(userId),
      requestedBusinessId && uses.workplaceOf(userId, requestedBusinessId),
    ]);
    if (requestedBusinessId && !requested) throw fail(BusinessNotFound);
    const current = !requestedBusinessId && user.currentBusinessId;
    const workplace = requested || (current && (await uses.workplaceOf(userId, current))) || undefined;
    return { status: 200, body: userResponse(user, workplace) };
  },
);

export const handler = lambda(getMe);
