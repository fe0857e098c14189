import type { Bound } from "../../operation.ts";
import type { UserItem } from "../../table/users.ts";
import type { workplaceOf } from "../../table/workplaces.ts";
import { userResponse } from "./user.ts";

/** A user at work in their current business: the answer to every change of a profile. */
export async function showUser(uses: Bound<{ workplaceOf: typeof workplaceOf }>, user: UserItem) {
  const { id, currentBusinessId } = user;
  return userResponse(user, currentBusinessId ? await uses.workplaceOf(id, currentBusinessId) : undefined);
}
