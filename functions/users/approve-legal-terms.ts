import { LegalTermsNotFound, LegalTermsOutdated } from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { currentLegalTerms } from "../../shared/endpoint/legal-terms.ts";
import { byIdempotencyKey } from "../../shared/endpoint/repeat.ts";
import { timestamp } from "../../shared/endpoint/wire/fields.ts";
import { LegalTermsApproval } from "../../shared/endpoint/wire/legal-terms.ts";
import { showUser } from "../../shared/endpoint/wire/show-user.ts";
import { UserResponse } from "../../shared/endpoint/wire/user.ts";
import { approveTerms } from "../../shared/table/compliance.ts";
import { ownUser } from "../../shared/table/users.ts";
import { workplaceOf } from "../../shared/table/workplaces.ts";

/** Approves the current legal terms for the signed-in person. Of each version it is kept when first, and by whom. */
export const approveLegalTerms = endpoint(
  {
    route: "POST /users/me/legal-terms",
    caller: signedIn,
    body: LegalTermsApproval,
    repeat: byIdempotencyKey,
    returns: { 200: UserResponse },
    fails: [LegalTermsNotFound, LegalTermsOutdated],
    uses: { currentLegalTerms, ownUser, approveTerms, workplaceOf },
  },
  async ({ caller: { userId }, body: { version }, now, uses, fail }) => {
    const terms = await uses.currentLegalTerms();
    if (!terms) throw fail(LegalTermsNotFound);
    if (terms.version !== version) throw fail(LegalTermsOutdated);
    const user = await uses.approveTerms(userId, version, timestamp(now));
    return { status: 200, body: await showUser(uses, user) };
  },
  async ({ caller, uses }) => ({
    status: 200,
    body: await showUser(uses, await uses.ownUser(caller.userId)),
  }),
);

export const handler = lambda(approveLegalTerms);
