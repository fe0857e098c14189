import type { APIGatewayProxyEventV2WithLambdaAuthorizer } from "aws-lambda";
import { readEmail } from "../domain/email.ts";
import { Failed, Unauthenticated } from "../domain/failures.ts";
import type { SignIn } from "../table/sign-in.ts";
import { clockTolerance, type Verdict } from "./verdict.ts";

/** A request as API Gateway hands it on, with the authorizer's verdict where the route has an authorizer. */
export type HttpEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<Verdict | undefined>;

/** Who signed in, by the authorizer's verdict; any verdict but a valid, unexpired one is a 401. */
export function authenticate({ requestContext }: HttpEvent): SignIn {
  const token = requestContext.authorizer?.lambda;
  if (token?.verdict !== "valid") {
    throw new Failed(Unauthenticated, { detail: token?.reason ?? Unauthenticated.title });
  }
  if (requestContext.timeEpoch / 1_000 >= token.expiresAt + clockTolerance) {
    throw new Failed(Unauthenticated, { detail: "The token has expired. Sign in again." });
  }
  const { issuer, subject, emailVerified, trusted } = token;
  const name = token.name && [...token.name.replace(/\p{C}/gu, "").trim()].slice(0, 200).join("");
  const email = token.email === undefined ? undefined : readEmail(token.email);
  return { issuer, subject, emailVerified, trusted, email, name };
}
