import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { timestamp } from "../../shared/endpoint/wire/fields.ts";
import { showUser } from "../../shared/endpoint/wire/show-user.ts";
import { UserResponse } from "../../shared/endpoint/wire/user.ts";
import { ownUser, updateUser } from "../../shared/table/users.ts";
import { workplaceOf } from "../../shared/table/workplaces.ts";

/** Marks the onboarding of the signed-in person as completed. */
export const completeOnboarding = endpoint(
  {
    route: "POST /users/me/onboarding",
    caller: signedIn,
    repeat: byIdempotencyKey,
    returns: { 200: UserResponse },
    fails: [],
    uses: { ownUser, updateUser, workplaceOf },
  },
  async ({ caller: { userId }, now, uses }) => {
    const compliance = { onboardingCompletedAt: timestamp(now) };
    return { status: 200, body: await showUser(uses, await uses.updateUser(userId, { compliance })) };
  },
  async ({ caller, uses }) => ({
    status: 200,
    body: await showUser(uses, await uses.ownUser(caller.userId)),
  }),
);

export const handler = lambda(completeOnboarding);
