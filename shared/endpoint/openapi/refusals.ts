import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import { Failed, type Failure } from "../../domain/failures.ts";
import { bearsToken } from "../caller.ts";
import type { Dialect } from "../dialect.ts";
import { tenantry } from "../dialects/tenantry.ts";
import type { Specification } from "../endpoint.ts";
import { type Content, headers, type Response, requestId } from "./answers.ts";
import { failureSchemas } from "./errors.ts";
import type { Shelf } from "./shelf.ts";

/** How an endpoint refuses: its declared failures by status, and what API Gateway says before or instead of it. */
export function refusals(
  shelf: Shelf,
  { caller, dialect = tenantry }: Specification,
  declared: readonly Failure[],
): Record<string, object> {
  const groups = Map.groupBy(declared, (failure) => String(dialect.statusOf(failure)));
  const { 401: _, ...ofAnyone } = ofGateway;
  const ofOthers: Readonly<Record<string, string>> = bearsToken(caller) ? ofGateway : ofAnyone;
  const statuses = [...new Set([...groups.keys(), ...Object.keys(ofOthers)])];
  const answers = statuses.map((status) => {
    const group = groups.get(status) ?? [];
    const answer = refusal(shelf, dialect, { status, group, message: ofOthers[status] });
    if (group.length > 1) return [status, answer] as const;
    // What one failure alone says, or API Gateway alone, is the same wherever it is said.
    return [status, shelf.put("responses", nameOf(dialect, group[0]?.code ?? status), answer)] as const;
  });
  return Object.fromEntries(answers);
}

interface Refusal {
  readonly status: string;
  readonly group: readonly Failure[];
  /** What API Gateway says with that status, if it does. */
  readonly message: string | undefined;
}

function refusal(shelf: Shelf, dialect: Dialect, { status, group, message }: Refusal): Response {
  const own = group.length > 0 ? failuresIn(shelf, dialect, group) : {};
  const content = message ? { ...own, [json]: orGateway(own[json], message) } : own;
  if (group.length === 0) return { description: `API Gateway: ${message}.`, content };
  return {
    description: group.map(({ code, title }) => `\`${code}\`: ${title}`).join("\n\n"),
    headers: headers(shelf, { ...requestId, ...headersOf[status] }),
    content,
  };
}

/** Errors are written differently in each dialect. */
const nameOf = ({ name }: Dialect, what: string) => `${failureSchemas[name]}.${what}`;

const json = "application/json";

/** API Gateway's own answer, beside what an endpoint may answer in the same media type. */
function orGateway(content: Content | undefined, message: string): Content {
  const own = { $ref: "#/components/schemas/GatewayMessage" };
  if (!content) return { schema: own, example: { message } };
  const { schema, examples } = content;
  const gateway = { summary: "API Gateway", value: { message } };
  return { schema: { anyOf: [schema, own] }, examples: { ...examples, gateway } };
}

/** What API Gateway answers by itself, before or instead of a function. */
const ofGateway = {
  401: "Unauthorized",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

function failuresIn(shelf: Shelf, dialect: Dialect, group: readonly Failure[]): Record<string, Content> {
  const { failureType, mediaTypes, name } = dialect;
  const codes = { properties: { code: { enum: group.map(({ code }) => code) } } };
  const content = {
    schema: { allOf: [{ $ref: `#/components/schemas/${failureSchemas[name]}` }, codes] },
    examples: Object.fromEntries(
      group.map((failure) => {
        const name = nameOf(dialect, failure.code);
        return [failure.code, shelf.put("examples", name, exampleOf(dialect, failure))];
      }),
    ),
  };
  const types = failureType ? [failureType] : mediaTypes;
  return Object.fromEntries(types.map((type) => [type, content]));
}

/** The failure as an endpoint would answer it. */
function exampleOf(dialect: Dialect, failure: Failure): object {
  const errors = failure.code === "invalid_request" && {
    errors: [{ in: "body", pointer: "/name", reason: "must be at least 1 character long" }] as const,
  };
  const event = { headers: {} } as Event;
  const { body } = dialect.writeFailure(event, new Failed(failure, { ...errors }), "JKJaXmPLvHcESHA=");
  return { summary: failure.title, value: JSON.parse(body) };
}

const retryAfter = {
  "Retry-After": { description: "Seconds to wait before trying again.", schema: { type: "string" } },
};

const headersOf: Readonly<Record<string, Record<string, object>>> = {
  401: { "WWW-Authenticate": { description: "How to sign in.", schema: { type: "string" } } },
  409: retryAfter,
  429: retryAfter,
  503: retryAfter,
};
