import type { APIGatewayProxyStructuredResultV2 as Result } from "aws-lambda";
import { Failed, type Failure, type FailureDetails } from "../domain/failures.ts";
import { isId } from "../domain/ids.ts";
import { bind, type Context, type Repeatable } from "../operation.ts";
import type { IdempotencyItem } from "../table/idempotency.ts";
import type { SignIn } from "../table/sign-in.ts";
import { authenticate, type HttpEvent } from "./authenticate.ts";
import {
  type AnyCaller,
  bearsToken,
  establishMember,
  establishStripe,
  establishUser,
  type MemberCaller,
  type SignedInCaller,
  type TokenBearer,
} from "./caller.ts";
import { tenantry } from "./dialects/tenantry.ts";
import type { AnyEndpoint, Reply, Specification } from "./endpoint.ts";
import { bodyBytes, invalid, readBody, readQuery } from "./input.ts";
import { nextPage, Paging, readPage } from "./paging.ts";
import { responseHeaders } from "./problem.ts";
import { repeatableOf } from "./repeat.ts";

/** What the Lambda entry knows of an invocation before it knows the caller. */
export type Invocation = Omit<Context, "cleared" | "repeatable">;

/**
 * Runs an endpoint: token, input, caller, handler, in this order. Whether the request has come before is looked up
 * beside the caller, and decides first.
 */
export async function run(endpoint: AnyEndpoint, event: HttpEvent, invocation: Invocation): Promise<Result> {
  const { specification } = endpoint;
  const kind = specification.caller;
  const signIn = bearsToken(kind) ? authenticate(event) : undefined;
  const input = await readInput(specification, event);
  const repeatable = specification.repeat && signIn && repeatableOf(event, signIn);
  if (!specification.repeat || !repeatable) return answer(endpoint, event, { ...invocation, signIn, input });

  const repeats = bind(specification.repeat.uses, { ...invocation, cleared: async () => {} });
  const earlier = repeats.recordOf(repeatable);
  const first = { ...invocation, signIn, input, repeatable, earlier };
  try {
    return await answer(endpoint, event, first, (reply) => repeats.storeAnswer(repeatable, reply));
  } catch (error) {
    // Refused, perhaps, by what the same request has just changed: then it has its answer, or will have.
    const record = error instanceof Failed ? await repeats.recordOf(repeatable) : undefined;
    if (record?.answer) return respond(specification, event, "", record.answer);
    throw error;
  }
}

interface Asked extends Invocation {
  readonly signIn: SignIn | undefined;
  readonly input: Awaited<ReturnType<typeof readInput>>;
  readonly repeatable?: Repeatable;
  /** The record of the same request, where it came before. */
  readonly earlier?: Promise<IdempotencyItem | undefined>;
}

/**
 * The handler starts as soon as it is known who calls in which business; the check of their membership goes on
 * beside its reads, and nothing is written or answered before it has passed. A request whose change was made, but
 * not answered, is answered anew, in the business of that change.
 */
async function answer(
  { specification, handle, rebuild }: AnyEndpoint,
  event: HttpEvent,
  { signIn, input, repeatable, earlier, ...invocation }: Asked,
  store: (reply: Reply<Specification>) => Promise<unknown> = async () => {},
): Promise<Result> {
  const kind = specification.caller;
  const unchecked = { ...invocation, cleared: async () => {} };
  const establish = async (business: string | undefined, again = false) =>
    signIn && bearsToken(kind) ? establishCaller(kind, signIn, business, unchecked, again) : undefined;
  const establishing = establish(businessNamed(kind, event, input.body));
  establishing.catch(() => {});
  const record = await earlier;
  if (record?.answer) return respond(specification, event, "", record.answer);

  const showsNothing = 204 in specification.returns;
  const again = record && (showsNothing ? undefined : establish(record.outcome.businessId, true));
  const person = await (record ? again : establishing);
  const signature = event.headers["stripe-signature"];
  const stripe =
    kind.kind === "stripe"
      ? await establishStripe(bodyBytes(event), signature, bind(kind.uses, unchecked))
      : undefined;
  const member = isMember(person) ? person : undefined;
  const cleared = member?.membership ?? unchecked.cleared;
  const scope = `${event.routeKey} ${member?.businessId ?? person?.userId}`;
  const request = {
    caller: person ?? stripe,
    params: parametersOf(event),
    query: input.query,
    page: readPage(input.paging, scope),
    body: input.body,
    now: invocation.now,
    uses: bind(specification.uses, { ...invocation, repeatable, cleared }),
    fail: (failure: Failure, details?: FailureDetails) => new Failed(failure, details),
  } as never;
  const answering = record && rebuild ? rebuild(request, record.outcome) : handle(request);
  answering.catch(() => {});
  await cleared();
  const reply = await answering;
  await store(reply).catch(() => {});
  await member?.noted;
  return respond(specification, event, scope, reply);
}

/** Those of the path; only who has no route asks what came instead, since a path may hold an invitation's token. */
function parametersOf({ routeKey, pathParameters = {}, rawPath, requestContext }: HttpEvent) {
  return routeKey === "$default" ? { method: requestContext.http.method, path: rawPath } : pathParameters;
}

function isMember(caller: SignedInCaller | MemberCaller | undefined): caller is MemberCaller {
  return caller !== undefined && "membership" in caller;
}

function respond(
  { dialect = tenantry }: Specification,
  event: HttpEvent,
  scope: string,
  { status, body, after }: Reply<Specification>,
): Result {
  const headers = responseHeaders(event.requestContext.requestId);
  if (after !== undefined) headers.link = nextPage(event, scope, after);
  if (body === undefined) return { statusCode: status, headers };
  const written = dialect.write(event, body);
  headers["content-type"] = written.contentType;
  return { statusCode: status, headers, body: written.body };
}

/** The business that a request names: in its header, or in its body, where an unknown form is an unknown business. */
function businessNamed(kind: AnyCaller, { headers }: HttpEvent, body: unknown): string | undefined {
  if (kind.kind !== "member" || !kind.businessIn) return headers["x-business-id"];
  const named = (body as Record<string, string>)[kind.businessIn] ?? "";
  return isId("biz", named) ? named : noBusiness;
}

/** The id of no business. */
const noBusiness = "biz_00000000000000000000000000";

async function establishCaller(
  caller: TokenBearer,
  signIn: SignIn,
  requested: string | undefined,
  context: Context,
  again: boolean,
): Promise<SignedInCaller | MemberCaller> {
  if (requested !== undefined && !isId("biz", requested)) {
    throw invalid([{ in: "header", pointer: "/x-business-id", reason: "must be the id of a business" }]);
  }
  const user = await establishUser(signIn, requested, bind(caller.uses, context));
  if (caller.kind === "signedIn") return user;
  return establishMember(user, caller.permission, bind(caller.uses, context), again);
}

async function readInput({ query, paged, body, dialect }: Specification, event: HttpEvent) {
  bodyBytes(event);
  const { limit, cursor, ...filters } = event.queryStringParameters ?? {};
  return {
    paging: paged && readQuery({ ...event, queryStringParameters: { limit, cursor } }, Paging),
    query: query && readQuery(paged ? { ...event, queryStringParameters: filters } : event, query),
    body: body && (await readBody(event, body, dialect)),
  };
}
