import type { Context, Operation } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import type { EmailItem } from "./identities.ts";
import type { MemberItem } from "./members.ts";
import { get, getAll } from "./read.ts";
import { type Key, key } from "./schema.ts";
import { userMemberships } from "./shown.ts";

/** Somebody's membership, with its business. */
export interface Colleague {
  readonly member: MemberItem;
  readonly business: BusinessItem;
}

/** The id of no user: looked for in place of one whom nobody is, with the same calls. */
const nobody = "usr_00000000000000000000000000";

/** The memberships of the user who has proved to own an email, in the caller's own businesses. */
export const colleagueByEmail = {
  name: "colleagueByEmail",
  needs: [
    { actions: ["dynamodb:Query"], partitions: ["USER"] },
    { actions: ["dynamodb:GetItem"], partitions: ["EMAIL"] },
    { actions: ["dynamodb:BatchGetItem"], partitions: ["BUSINESS"] },
  ],
  async run(context: Context, callerId: string, emailKey: string): Promise<Colleague[]> {
    const [claim, own] = await Promise.all([
      get<EmailItem>(context, key.email(emailKey)),
      userMemberships(context, callerId),
    ]);
    const userId = claim?.signedIn ? claim.userId : nobody;
    const keys = own.flatMap(({ businessId: id }) => [key.business(id), key.member(id, userId)]);
    const items = await getAll<Key & (BusinessItem | MemberItem)>(context, keys);
    const businesses = new Map(items.flatMap((item) => ("ownerCount" in item ? [[item.id, item]] : [])));
    return items.flatMap((member) => {
      const business = "access" in member ? businesses.get(member.businessId) : undefined;
      return business && "access" in member && member.state === "Active" ? [{ member, business }] : [];
    });
  },
} satisfies Operation;
