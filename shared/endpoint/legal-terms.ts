import type { LegalTerms } from "../domain/legal-terms.ts";
import type { Operation } from "../operation.ts";

/** The terms that the deployment is configured with; undefined where there are none. */
export const currentLegalTerms = {
  name: "currentLegalTerms",
  needs: [{ setting: "legalTerms" }],
  async run(): Promise<LegalTerms | undefined> {
    return JSON.parse(process.env.LEGALTERMS ?? "null") ?? undefined;
  },
} satisfies Operation;
