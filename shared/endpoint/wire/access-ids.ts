import { type Access, accessById } from "../../domain/accesses.ts";
import { Failed, InvalidRequest, type Violation } from "../../domain/failures.ts";

/** The access that a body names; fails naming what is wrong where there is none, or the user is not that of the path. */
export function namedAccess(
  userId: string,
  { user_id, access_id }: { readonly user_id?: string | undefined; readonly access_id: string },
): Access {
  checkUser(userId, user_id);
  const access = accessById(access_id);
  if (!access) throw wrong("/access_id", "is none of those that GET /api/v1/accesses lists");
  return access;
}

/** A body may name the user again. */
export function checkUser(userId: string, named: string | undefined): void {
  if (named !== undefined && named !== userId) throw wrong("/user_id", "is not the user of the path");
}

function wrong(pointer: string, reason: string): Failed {
  const errors: Violation[] = [{ in: "body", pointer, reason }];
  return new Failed(InvalidRequest, { errors });
}
