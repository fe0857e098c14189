import { BusinessNotFound, MemberNotFound } from "../../shared/domain/failures.ts";
import { isId } from "../../shared/domain/ids.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { ListedMember, listedMember } from "../../shared/endpoint/wire/member.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { memberOf } from "../../shared/table/members.ts";

/** Shows one member of the current business, whatever their state, also after they were removed. */
export const getMember = endpoint(
  {
    route: "GET /businesses/me/users/{userId}",
    caller: may("members.read"),
    returns: { 200: ListedMember },
    fails: [MemberNotFound, BusinessNotFound],
    uses: { memberOf, businessById },
  },
  async ({ caller: { businessId }, params: { userId }, uses, fail }) => {
    const [state, member] = await Promise.all([
      uses.businessById(businessId),
      isId("usr", userId) ? uses.memberOf(businessId, userId) : undefined,
    ]);
    if (!member) throw fail(MemberNotFound);
    return { status: 200, body: listedMember(state, member) };
  },
);

export const handler = lambda(getMember);
