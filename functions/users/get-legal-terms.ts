import { LegalTermsNotFound } from "../../shared/domain/failures.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { currentLegalTerms } from "../../shared/endpoint/legal-terms.ts";
import { LegalTermsResponse } from "../../shared/endpoint/wire/legal-terms.ts";

/** Shows the legal terms that people are to approve now. */
export const getLegalTerms = endpoint(
  {
    route: "GET /legal-terms/current",
    caller: signedIn,
    returns: { 200: LegalTermsResponse },
    fails: [LegalTermsNotFound],
    uses: { currentLegalTerms },
  },
  async ({ uses, fail }) => {
    const terms = await uses.currentLegalTerms();
    if (!terms) throw fail(LegalTermsNotFound);
    return { status: 200, body: terms };
  },
);

export const handler = lambda(getLegalTerms);
