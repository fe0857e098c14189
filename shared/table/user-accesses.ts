import { Failed, Forbidden, MemberNotFound, UserNotFound } from "../domain/failures.ts";
import { accessesWith } from "../domain/permissions.ts";
import type { Context, Operation } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import type { MemberItem, UserMemberItem } from "./members.ts";
import { get, getAll } from "./read.ts";
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
