import { PrimaryNotYours } from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { type Admission, admit, admitFailures, admitNeeds } from "./add-member.ts";
import type { Member } from "./members.ts";

/** Adds a user to the caller's business, with any access, and as their primary one where the caller may say so. */
export const addUserAccess = {
  name: "addUserAccess",
  needs: admitNeeds,
  fails: [...admitFailures, PrimaryNotYours],
  async run(context: Context, caller: Member, userId: string, admission: Admission) {
    return admit(context, caller, { userId }, admission);
  },
} satisfies Operation;
