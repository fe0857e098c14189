import type { APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTPayload,
  jwtVerify,
} from "jose";
import * as z from "zod/mini";
import { clockTolerance, type Verdict } from "../shared/endpoint/verdict.ts";

/** The issuers whose tokens are taken, as infra writes them into ISSUERS. */
const Issuers = z.array(
  z.strictObject({ issuer: z.string(), audience: z.string(), jwksUri: z.string(), trusted: z.boolean() }),
);

/** Signatures by a shared secret, and none at all, are never taken. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Between two fetches of an issuer's keys, in milliseconds. */
const pause = 30_000;

/** A broken configuration throws here, at the first start, so that nobody gets in. */
const issuers = z.parse(Issuers, JSON.parse(process.env.ISSUERS ?? "null")).map((issuer) => ({
  ...issuer,
  /** Fetches the keys at most once in 30 s, however many unknown key ids arrive, and also while that fails. */
  keys: createRemoteJWKSet(new URL(issuer.jwksUri), {
    cooldownDuration: pause,
    timeoutDuration: 4_000,
    [customFetch]: fetchWithPause(),
  }),
}));

function fetchWithPause(): FetchImplementation {
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (...request) => {
    if (Date.now() - failedAt < pause) throw new Error("the issuer's keys could not be had a moment ago");
    try {
      const answer = await fetch(...request);
      if (!answer.ok) throw new Error(`the issuer's keys can't be had: ${answer.status}`);
      return answer;
    } catch (error) {
      failedAt = Date.now();
      throw error;
    }
  };
}

type Event = APIGatewayRequestAuthorizerEventV2 & { readonly requestContext: { readonly timeEpoch: number } };

/**
 * Verifies the bearer token once for all endpoints and hands on a verdict, which API Gateway caches. It throws only
 * where the issuer's keys can't be had, so that an outage is not cached.
 */
export async function handler(event: Event): Promise<{ isAuthorized: true; context: Verdict }> {
  const [, token] = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(event.headers?.authorization ?? "") ?? [];
  const context = token
    ? await verify(token, event.requestContext.timeEpoch)
    : invalid("Send the token as Authorization: Bearer <token>.");
  return { isAuthorized: true, context };
}

async function verify(token: string, now: number): Promise<Verdict> {
  const issuer = issuers.find((candidate) => candidate.issuer === claimedIssuer(token));
  if (!issuer) return invalid("The token is of an issuer that this service does not take.");
  try {
    const { payload } = await jwtVerify(token, issuer.keys, {
      algorithms,
      issuer: issuer.issuer,
      audience: issuer.audience,
      clockTolerance,
      currentDate: new Date(now),
      requiredClaims: ["sub", "exp"],
    });
    return validToken(payload, issuer);
  } catch (error) {
    const reason = reasonOf(error);
    if (!reason) throw error;
    return invalid(reason);
  }
}

/** The issuer that an unverified token names: it only chooses whose keys verify it. */
function claimedIssuer(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).iss;
  } catch {
    return undefined;
  }
}

function validToken(payload: JWTPayload, { issuer, trusted }: (typeof issuers)[number]): Verdict {
  const { sub = "", exp = 0, email, email_verified, name } = payload;
  return {
    verdict: "valid",
    issuer,
    subject: sub,
    ...(typeof email === "string" && { email }),
    emailVerified: email_verified === true || email_verified === "true",
    ...(typeof name === "string" && { name }),
    expiresAt: exp,
    trusted,
  };
}

function invalid(reason: string): Verdict {
  return { verdict: "invalid", reason };
}

/** What is wrong with the token; undefined where the fault is not the token's. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired) return "The token has expired. Sign in again.";
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's claim ${error.claim} is not valid.`;
  if (error instanceof errors.JOSEAlgNotAllowed)
    return "The token is signed by an algorithm that is not taken.";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The token's signature is not valid.";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return "The token is signed by a key that its issuer does not publish.";
  }
  const isToken = error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid;
  return isToken || error instanceof errors.JOSENotSupported ? "The token is not a valid JWT." : undefined;
}
