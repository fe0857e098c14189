import { readEmail } from "../../shared/domain/email.ts";
import { BusinessNotFound } from "../../shared/domain/failures.ts";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { listOf } from "../../shared/endpoint/wire/lazily.ts";
import { ListedMember, listedMember, MemberQuery, statesOf } from "../../shared/endpoint/wire/member.ts";
import { businessById } from "../../shared/table/businesses.ts";
import { listMembers } from "../../shared/table/members.ts";

/** Lists the members of the current business, by user id: the active ones, or with state those that are inactive, or both. */
export const listBusinessMembers = endpoint(
  {
    route: "GET /businesses/me/users",
    caller: may("members.read"),
    query: MemberQuery,
    paged: true,
    returns: { 200: listOf(ListedMember) },
    fails: [BusinessNotFound],
    uses: { listMembers, businessById },
  },
  async ({ caller: { businessId }, query, page, uses }) => {
    const { role, email } = query;
    const address = email && (readEmail(email)?.key ?? email);
    const [state, { items, after }] = await Promise.all([
      uses.businessById(businessId),
      uses.listMembers(businessId, { role, email: address, states: statesOf(query) }, page),
    ]);
    return { status: 200, body: items.map((member) => listedMember(state, member)), after };
  },
);

export const handler = lambda(listBusinessMembers);
