import * as z from "zod/mini";
import { roleOf, roles } from "../../shared/domain/accesses.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { hasPaymentMethod } from "../../shared/endpoint/wire/business.ts";
import { Timestamp, timestamp } from "../../shared/endpoint/wire/fields.ts";
import { lazily, listOf } from "../../shared/endpoint/wire/lazily.ts";
import { listUserMembers } from "../../shared/table/members.ts";
import { settle } from "../../shared/table/settle.ts";
import { ownUser } from "../../shared/table/users.ts";
import { workplacesOf } from "../../shared/table/workplaces.ts";

const BusinessOption = lazily(() =>
  z.strictObject({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    isCurrent: z.boolean(),
    lastUsedAt: z.nullable(Timestamp()),
    hasPaymentMethod: z.boolean(),
  }),
);

/** Lists the businesses that the signed-in person can switch into, oldest first. */
export const listBusinessOptions = endpoint(
  {
    route: "GET /businesses/me/options",
    caller: signedIn,
    paged: true,
    returns: { 200: listOf(BusinessOption) },
    fails: [],
    uses: { ownUser, listUserMembers, workplacesOf, settle },
  },
  async ({ caller, page, uses }) => {
    const { userId, unsettled } = caller;
    if (unsettled) await uses.settle(caller, unsettled);
    const [user, { items, after }] = await Promise.all([
      uses.ownUser(userId),
      uses.listUserMembers(userId, page),
    ]);
    const workplaces = await uses.workplacesOf(
      userId,
      items.map(({ businessId }) => businessId),
    );
    const body = workplaces.map(({ business, licenses, member }) => ({
      id: business.id,
      name: business.name,
      role: roleOf(member.access),
      isCurrent: business.id === user.currentBusinessId,
      lastUsedAt: timestamp(member.lastUsedAt),
      hasPaymentMethod: hasPaymentMethod(licenses),
    }));
    return { status: 200, body, after };
  },
);

export const handler = lambda(listBusinessOptions);
