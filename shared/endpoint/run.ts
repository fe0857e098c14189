import type { APIGatewayProxyStructuredResultV2 as Result } from "aws-lambda";
import * as z from "zod/mini";
import { Failed, type Failure, type FailureDetails } from "../domain/failures.ts";
import { bind, type Context } from "../operation.ts";
import type { Page } from "../table/read.ts";
import type { SignIn } from "../table/sign-in.ts";
import { authenticate, type HttpEvent } from "./authenticate.ts";
import {
  type AnyCaller,
  type anyone,
  establishMember,
  establishUser,
  type MemberCaller,
  type SignedInCaller,
} from "./caller.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import type { AnyEndpoint, Reply, Specification } from "./endpoint.ts";
import { bodyBytes, invalid, readBody, readQuery } from "./input.ts";
import { responseHeaders } from "./problem.ts";

/** What the Lambda entry knows of an invocation before it knows the caller. */
export type Invocation = Omit<Context, "cleared">;

/**
 * Runs an endpoint: token, input, caller, handler, in this order. The handler starts as soon as it is known who
 * calls in which business; the check of their membership goes on beside its reads and has the first word.
 */
export async function run(
  { specification, handle }: AnyEndpoint,
  event: HttpEvent,
  invocation: Invocation,
): Promise<Result> {
  const kind = specification.caller;
  const signIn = kind.kind === "anyone" ? undefined : authenticate(event);
  const input = readInput(specification, event);
  const caller =
    signIn && kind.kind !== "anyone" ? await establishCaller(kind, signIn, event, invocation) : undefined;

  const cleared = isMember(caller) ? caller.membership : async () => {};
  const scope = `${event.routeKey} ${isMember(caller) ? caller.businessId : caller?.userId}`;
  const request = {
    caller,
    params: event.pathParameters ?? {},
    query: input.query,
    page: readPage(input.paging, scope),
    body: input.body,
    now: invocation.now,
    uses: bind(specification.uses, { ...invocation, cleared }),
    fail: (failure: Failure, details?: FailureDetails) => new Failed(failure, details),
  };
  const handling = handle(request as never);
  handling.catch(() => {});
  await cleared();
  return respond(event, scope, await handling);
}

function isMember(caller: SignedInCaller | MemberCaller | undefined): caller is MemberCaller {
  return caller !== undefined && "membership" in caller;
}

function respond(event: HttpEvent, scope: string, { status, body, after }: Reply<Specification>): Result {
  const headers = responseHeaders(event.requestContext.requestId);
  if (after !== undefined) headers.link = nextPage(event, sealCursor(scope, after));
  if (body === undefined) return { statusCode: status, headers };
  headers["content-type"] = "application/json";
  return { statusCode: status, headers, body: JSON.stringify(body) };
}

const businessIdPattern = /^biz_[0-9A-HJKMNP-TV-Z]{26}$/;

async function establishCaller(
  caller: Exclude<AnyCaller, typeof anyone>,
  signIn: SignIn,
  { headers }: HttpEvent,
  invocation: Invocation,
): Promise<SignedInCaller | MemberCaller> {
  const requested = headers["x-business-id"];
  if (requested !== undefined && !businessIdPattern.test(requested)) {
    throw invalid([{ in: "header", pointer: "/x-business-id", reason: "must be the id of a business" }]);
  }
  const context = { ...invocation, cleared: async () => {} };
  const user = await establishUser(signIn, requested, bind(caller.uses, context));
  if (caller.kind === "signedIn") return user;
  return establishMember(user, caller.permission, bind(caller.uses, context));
}

const Paging = z.object({
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(100)), 50),
  cursor: z.optional(z.string()),
});

function readInput({ query, paged, body }: Specification, event: HttpEvent) {
  bodyBytes(event);
  const { limit, cursor, ...filters } = event.queryStringParameters ?? {};
  return {
    paging: paged && readQuery({ ...event, queryStringParameters: { limit, cursor } }, Paging),
    query: query && readQuery(paged ? { ...event, queryStringParameters: filters } : event, query),
    body: body && readBody(event, body),
  };
}

function readPage(paging: z.infer<typeof Paging> | undefined, scope: string): Page | undefined {
  if (paging?.cursor === undefined) return paging && { limit: paging.limit };
  const after = openCursor(scope, paging.cursor);
  if (after === undefined) {
    const reason = "is not a cursor of this list; take it from the Link header as it is";
    throw invalid([{ in: "query", pointer: "/cursor", reason }]);
  }
  return { limit: paging.limit, after };
}

/** The Link header of RFC 8288, relative to the list's own path. */
function nextPage({ rawPath, rawQueryString }: HttpEvent, cursor: string): string {
  const query = new URLSearchParams(rawQueryString);
  query.set("cursor", cursor);
  return `<${rawPath}?${query}>; rel="next"`;
}
