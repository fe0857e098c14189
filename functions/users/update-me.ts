import { isDeepStrictEqual } from "node:util";
import { InvalidRequest } from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { changesOf } from "../../shared/endpoint/wire/fields.ts";
import { showUser } from "../../shared/endpoint/wire/show-user.ts";
import { UserResponse, UserUpdate } from "../../shared/endpoint/wire/user.ts";
import { ownUser, updateUser } from "../../shared/table/users.ts";
import { workplaceOf } from "../../shared/table/workplaces.ts";

/** Updates the signed-in person's profile. Members left out stay as they are; null takes one of the profile back, and what is so already is no change. */
export const updateMe = endpoint(
  {
    route: "PUT /users/me",
    caller: signedIn,
    body: UserUpdate,
    repeat: byIdempotencyKey,
    returns: { 200: UserResponse },
    fails: [InvalidRequest],
    uses: { ownUser, updateUser, workplaceOf },
  },
  async ({ caller: { userId }, body: { email, compliance, ...profile }, uses, fail }) => {
    const { legalTerms, onboardingCompletedAt, ...accepted } = compliance ?? {};
    if (email || legalTerms || onboardingCompletedAt) {
      const own = await uses.ownUser(userId);
      if (email && email !== own.email) throw fail(InvalidRequest, { errors: [emailIsNotOurs] });
      const { legalTerms: approved, onboardingCompletedAt: completed } = own.compliance ?? {};
      const isAsItWas =
        isDeepStrictEqual(legalTerms ?? approved, approved) &&
        (onboardingCompletedAt ?? completed) === completed;
      // What was read may be sent back, and as it may be stale by now, it is never stored.
      if (!isAsItWas) throw fail(InvalidRequest, { errors: [hasItsOwnRoute] });
    }
    const user = await uses.updateUser(userId, changesOf({ ...profile, compliance: compliance && accepted }));
    return { status: 200, body: await showUser(uses, user) };
  },
  async ({ caller, uses }) => ({
    status: 200,
    body: await showUser(uses, await uses.ownUser(caller.userId)),
  }),
);

const emailIsNotOurs = {
  in: "body",
  pointer: "/email",
  reason: "emails come from your identity provider: change it there, then sign in again",
} as const;

const hasItsOwnRoute = {
  in: "body",
  pointer: "/compliance",
  reason:
    "legal terms are approved by POST /users/me/legal-terms, and POST /users/me/onboarding completes that",
} as const;

export const handler = lambda(updateMe);
