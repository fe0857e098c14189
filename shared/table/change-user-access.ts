import type { Access } from "../domain/accesses.ts";
import {
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  LastOwner,
  MemberNotFound,
  PrimaryNeeded,
  PrimaryNotYours,
  RoleTooHigh,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import { accessWrites, activeMember, asRead } from "./change-member.ts";
import { commit, type Write } from "./commit.ts";
import { userEvent } from "./events.ts";
import type { Member, MemberItem } from "./members.ts";
import { primaryWrites } from "./primary.ts";
import { get } from "./read.ts";
import { decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import type { UserItem } from "./users.ts";

/** What an access becomes: what is left out stays. */
export interface AccessChange {
  readonly access?: Access | undefined;
  readonly primary?: boolean | undefined;
}

/** Changes the access of a member of the caller's business, and which business is primary for them, at once. */
export const changeUserAccess = {
  name: "changeUserAccess",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
      partitions: ["BUSINESS"],
    },
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem"], partitions: ["USER"] },
  ],
  fails: [
    MemberNotFound,
    LastOwner,
    RoleTooHigh,
    BusinessNotFound,
    Forbidden,
    PrimaryNotYours,
    PrimaryNeeded,
    Busy,
  ],
  async run(context: Context, caller: Member, userId: string, { access, primary }: AccessChange) {
    const { businessId } = caller;
    await decideAnew(context, async (again) => {
      const [writes, user] = await Promise.all([
        ofAccess(context, caller, userId, access, again),
        get<UserItem>(context, key.user(userId)),
      ]);
      if (!user) throw new Error("a member has no user");
      if (primary === false && user.currentBusinessId === businessId) throw new Failed(PrimaryNeeded);
      const ofPrimary = primary ? primaryWrites(caller, user) : [];
      const switched = userEvent(context, userId, {
        type: "user.switched_business",
        actorUserId: caller.userId,
        subjectId: businessId,
      });
      const all = [...writes, ...ofPrimary, ...(ofPrimary.length > 0 ? [switched] : [])];
      await commit(context, all, { userId, businessId });
    });
  },
} satisfies Operation;

/** The writes of the access; where that stays as it is, they check that the person is a member still. */
async function ofAccess(
  context: Context,
  caller: Member,
  userId: string,
  access: Access | undefined,
  again: boolean,
): Promise<Write[]> {
  const { businessId } = caller;
  const isOwn = userId === caller.userId;
  const still = (member: MemberItem): Write[] => [
    { check: key.member(businessId, userId), ...asRead(member) },
  ];
  if (isOwn && !access) return still(await activeMember(context, businessId, userId));
  const changer = { ...caller, permission: "members.update" } as const;
  const becomes = (own: Access) => access ?? own;
  const { member, writes } = await accessWrites(context, changer, userId, becomes, again);
  return becomes(member.access) === member.access ? [...still(member), ...writes] : writes;
}
