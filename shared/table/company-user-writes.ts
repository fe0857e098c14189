import type { Context } from "../operation.ts";
import type { Write } from "./commit.ts";
import { type Decided, memberEvent } from "./company-user-change.ts";
import { deactivate, keepOut } from "./keep-out.ts";
import { letIn, stayIn } from "./let-in.ts";
import type { Member } from "./members.ts";
import { codeWrites } from "./user-codes.ts";

/** The writes for what a user of a company becomes, by what they were: the move between states, the profile, the code. */
export function companyUserWrites(context: Context, caller: Member, decided: Decided): Write[] {
  const { member, state, access, userId } = decided;
  const wasActive = member?.state === "Active";
  const move = state === "Active" ? (wasActive ? stayIn : letIn) : wasActive ? deactivate : keepOut;
  const isOther = member && member.state !== "Removed" && member.access !== access;
  return [
    ...move(context, caller, decided),
    ...codeWrites(caller, decided),
    ...(isOther ? [memberEvent(context, caller, "member.role_changed", userId)] : []),
  ];
}
