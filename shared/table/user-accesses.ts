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
  UserNotFound,
} from "../domain/failures.ts";
import { accessesWith } from "../domain/permissions.ts";
import type { Context, Operation } from "../operation.ts";
import { type Admission, admit, admitFailures, admitNeeds } from "./add-member.ts";
import type { BusinessItem } from "./businesses.ts";
import { accessWrites, activeMember, asRead } from "./change-member.ts";
import { commit, type Write } from "./commit.ts";
import { userEvent } from "./events.ts";
import type { Member, MemberItem, UserMemberItem } from "./members.ts";
import { primaryWrites } from "./primary.ts";
import { get, getAll } from "./read.ts";
import { decideAnew } from "./retry.ts";
import { type Key, key } from "./schema.ts";
import { userMemberships } from "./shown.ts";
import type { UserItem } from "./users.ts";

/** A membership as the relation of a user to a company. */
export interface UserAccess {
  readonly user: UserItem;
  readonly business: BusinessItem;
  readonly member: MemberItem;
}

/** Of a user's memberships those in businesses that are the caller's as well: all, where it is the caller. */
export const sharedMemberships = {
  name: "sharedMemberships",
  needs: [{ actions: ["dynamodb:Query"], partitions: ["USER"] }],
  async run(context: Context, callerId: string, userId: string): Promise<UserMemberItem[]> {
    const [theirs, own] = await Promise.all(
      [...new Set([userId, callerId])].map((id) => userMemberships(context, id)),
    );
    const ids = new Set((own ?? theirs ?? []).map(({ businessId }) => businessId));
    return (theirs ?? []).filter(({ businessId }) => ids.has(businessId));
  },
} satisfies Operation;

/** The accesses of a user, oldest first: to the user all, to others those in the companies that they are an admin of. */
export const userAccesses = {
  name: "userAccesses",
  needs: [
    { actions: ["dynamodb:Query", "dynamodb:GetItem"], partitions: ["USER"] },
    { actions: ["dynamodb:BatchGetItem"], partitions: ["BUSINESS"] },
  ],
  fails: [UserNotFound, Forbidden],
  async run(context: Context, callerId: string, userId: string): Promise<UserAccess[]> {
    const isOwn = callerId === userId;
    const [user, shared] = await Promise.all([
      get<UserItem>(context, key.user(userId)),
      sharedMemberships.run(context, callerId, userId),
    ]);
    if (!user || (!isOwn && shared.length === 0)) throw new Failed(UserNotFound);
    const people = [...new Set([userId, callerId])];
    const keys = shared.flatMap(({ businessId }) => [
      key.business(businessId),
      ...people.map((id) => key.member(businessId, id)),
    ]);
    const items = await getAll<Key & (BusinessItem | MemberItem)>(context, keys);
    const found = new Map(items.map((item) => [`${item.pk} ${item.sk}`, item]));
    const at = ({ pk, sk }: Key) => found.get(`${pk} ${sk}`);
    const mayOfOthers = accessesWith("members.update");
    const seen = shared.filter(({ businessId }) => {
      const own = at(key.member(businessId, callerId)) as MemberItem | undefined;
      return isOwn || (own?.state === "Active" && mayOfOthers.includes(own.access));
    });
    if (seen.length === 0 && !isOwn) throw new Failed(Forbidden);
    return seen
      .toSorted((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1))
      .flatMap(({ businessId }) => {
        const business = at(key.business(businessId)) as BusinessItem | undefined;
        const member = at(key.member(businessId, userId)) as MemberItem | undefined;
        return business && member?.state === "Active" ? [{ user, business, member }] : [];
      });
  },
} satisfies Operation;

/** One access, as the answer to its change shows it. */
export const userAccessOf = {
  name: "userAccessOf",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["USER", "BUSINESS"] }],
  fails: [MemberNotFound],
  async run(context: Context, businessId: string, userId: string): Promise<UserAccess> {
    const [user, business, member] = await Promise.all([
      get<UserItem>(context, key.user(userId)),
      get<BusinessItem>(context, key.business(businessId)),
      get<MemberItem>(context, key.member(businessId, userId)),
    ]);
    if (!user || !business || member?.state !== "Active") throw new Failed(MemberNotFound);
    return { user, business, member };
  },
} satisfies Operation;

/** Adds a user to the caller's business, with any access, and as their primary one where the caller may say so. */
export const addUserAccess = {
  name: "addUserAccess",
  needs: admitNeeds,
  fails: [...admitFailures, PrimaryNotYours],
  async run(context: Context, caller: Member, userId: string, admission: Admission) {
    return admit(context, caller, { userId }, admission);
  },
} satisfies Operation;

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

/** The writes of the access; where it is one's own and stays, that one is a member still. */
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
  return isOwn && writes.length === 0 ? still(member) : writes;
}
