/** The terms that people approve, as the deployment is configured with them. */
export interface LegalTerms {
  readonly version: string;
  /** Where they can be read. */
  readonly url: string;
}
