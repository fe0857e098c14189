/** A small OpenID Connect issuer, so that on a laptop anyone can be anyone. */
import { createHash, generateKeyPairSync, randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { z } from "zod";
import type { Clock } from "./clock.ts";
import type { State } from "./state.ts";

/** As the template of the local stage has them, whatever the port; functions find this host in the run. */
export const ISSUER = "https://issuer.tenantry.local";
export const AUDIENCE = "tenantry-local";
const ALGORITHM = "ES256";
const TEN_YEARS = 10 * 365 * 24 * 60 * 60;

export const Claims = z.strictObject({
  email: z.string().min(1),
  emailVerified: z.boolean().default(true),
  name: z.string().min(1).optional(),
  subject: z.string().min(1).optional(),
  /** In seconds; a negative number makes an expired token. */
  expiresIn: z.int().default(TEN_YEARS),
});
export type Claims = z.input<typeof Claims>;

export type Issuer = {
  token(claims: Claims): Promise<string>;
  /** The public documents, by their path. */
  documents: Record<string, unknown>;
};

export function openIssuer(state: State, clock: Clock): Issuer {
  const jwk = signingKey(state);
  const { d: _private, ...publicKey } = jwk;
  return {
    async token(claims) {
      const { email, emailVerified, name, subject, expiresIn } = Claims.parse(claims);
      const now = Math.floor(clock.now() / 1000);
      // Loaded at the first token: a start would spend a tenth of its time on it.
      const { importJWK, SignJWT } = await import("jose");
      return new SignJWT({ email, email_verified: emailVerified, ...(name && { name }) })
        .setProtectedHeader({ alg: ALGORITHM, kid: jwk.kid ?? "", typ: "JWT" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject ?? subjectOf(email))
        .setIssuedAt(Math.min(now, now + expiresIn))
        .setExpirationTime(now + expiresIn)
        .sign(await importJWK(jwk, ALGORITHM));
    },
    documents: {
      "/.well-known/openid-configuration": {
        issuer: ISSUER,
        jwks_uri: `${ISSUER}/.well-known/jwks.json`,
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: [ALGORITHM],
      },
      "/.well-known/jwks.json": { keys: [publicKey] },
    },
  };
}

/** The key outlives the run, and with it the tokens in people's shells. */
function signingKey(state: State): JWK {
  const kept = z
    .looseObject({ kty: z.string(), kid: z.string(), d: z.string() })
    .safeParse(state.read("issuer-key.json"));
  if (kept.success) return kept.data as JWK;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = {
    ...(privateKey.export({ format: "jwk" }) as JWK),
    kid: randomUUID().slice(0, 8),
    alg: ALGORITHM,
    use: "sig",
  };
  state.write("issuer-key.json", jwk);
  return jwk;
}

/** The same person at each start. */
const subjectOf = (email: string) =>
  `local-${createHash("sha256").update(email.toLowerCase()).digest("hex").slice(0, 16)}`;
