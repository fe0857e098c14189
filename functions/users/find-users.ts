import { readEmail } from "../../shared/domain/email.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { ColleagueResponse, colleagueResponse, UserQuery } from "../../shared/endpoint/wire/colleague.ts";
import { listOf } from "../../shared/endpoint/wire/lazily.ts";
import { colleagueByEmail } from "../../shared/table/find-user.ts";

/** Finds a user by email among the members of one's own businesses: nobody, or one. */
export const findUsers = endpoint(
  {
    route: "GET /users",
    caller: signedIn,
    query: UserQuery,
    returns: { 200: listOf(ColleagueResponse) },
    fails: [],
    uses: { colleagueByEmail },
  },
  async ({ caller: { userId }, query: { email }, uses }) => {
    const address = readEmail(email);
    const found = address ? await uses.colleagueByEmail(userId, address.key) : [];
    return { status: 200, body: colleagueResponse(found) };
  },
);

export const handler = lambda(findUsers);
