import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { timestamp } from "../../shared/endpoint/wire/fields.ts";
import { showUser } from "../../shared/endpoint/wire/show-user.ts";
import { UserResponse } from "../../shared/endpoint/wire/user.ts";
import { completeOnboarding } from "../../shared/table/compliance.ts";
import { ownUser } from "../../shared/table/users.ts";
import { workplaceOf } from "../../shared/table/workplaces.ts";

/** Marks the onboarding of the signed-in person as completed; what was completed before stays. */
export const completeMyOnboarding = endpoint(
  {
    route: "POST /users/me/onboarding",
    caller: signedIn,
    repeat: byIdempotencyKey,
    returns: { 200: UserResponse },
    fails: [],
    uses: { ownUser, completeOnboarding, workplaceOf },
  },
  async ({ caller: { userId }, now, uses }) => {
    const user = await uses.completeOnboarding(userId, timestamp(now));
    return { status: 200, body: await showUser(uses, user) };
  },
  async ({ caller, uses }) => ({
    status: 200,
    body: await showUser(uses, await uses.ownUser(caller.userId)),
  }),
);

export const handler = lambda(completeMyOnboarding);
