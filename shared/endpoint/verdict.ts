/**
 * What the authorizer hands on about a bearer token, in API Gateway's authorizer context. It never denies: a denial
 * would be API Gateway's bare 403, and the entry of the endpoint answers a bad token with a 401 problem instead.
 */
export type Verdict = ValidToken | { readonly verdict: "invalid"; readonly reason: string };

export interface ValidToken {
  readonly verdict: "valid";
  readonly issuer: string;
  readonly subject: string;
  /** As the token has it; read by the email rules at the entry. */
  readonly email?: string;
  readonly emailVerified: boolean;
  readonly name?: string;
  /** Seconds since the epoch. API Gateway caches the verdict, so the entry looks at it again. */
  readonly expiresAt: number;
  /** Whether the configuration trusts this issuer's verified emails across issuers. */
  readonly trusted: boolean;
}

/** How far, in seconds, the clocks of issuer and service may differ. */
export const clockTolerance = 10;
