import { InvalidRequest } from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { changesOf } from "../../shared/endpoint/wire/fields.ts";
import { UserResponse, UserUpdate, userResponse } from "../../shared/endpoint/wire/user.ts";
import type { Bound } from "../../shared/operation.ts";
import { ownUser, type UserItem, updateUser } from "../../shared/table/users.ts";
import { workplaceOf } from "../../shared/table/workplaces.ts";

/** Updates the signed-in person's profile. Members left out stay as they are; null takes one back. */
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
  async ({ caller: { userId }, body: { email, ...profile }, uses, fail }) => {
    if (email) {
      const own = await uses.ownUser(userId);
      if (email !== own.email) throw fail(InvalidRequest, { errors: [emailIsNotOurs] });
    }
    const user = await uses.updateUser(userId, changesOf(profile));
    return { status: 200, body: await show(uses, user) };
  },
  async ({ caller, uses }) => ({ status: 200, body: await show(uses, await uses.ownUser(caller.userId)) }),
);

async function show(uses: Bound<{ workplaceOf: typeof workplaceOf }>, user: UserItem) {
  const { id, currentBusinessId } = user;
  return userResponse(user, currentBusinessId ? await uses.workplaceOf(id, currentBusinessId) : undefined);
}

const emailIsNotOurs = {
  in: "body",
  pointer: "/email",
  reason: "emails come from your identity provider: change it there, then sign in again",
} as const;

export const handler = lambda(updateMe);
