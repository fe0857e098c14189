import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import { Failed, type Failure } from "../../domain/failures.ts";
import { bearsToken } from "../caller.ts";
import { type Dialect, tenantry } from "../dialect.ts";
import type { Specification } from "../endpoint.ts";
import { failureSchemas } from "./errors.ts";
import type { Schemas } from "./schemas.ts";

/** What an endpoint answers: its declared bodies, its declared failures, and what API Gateway says before it runs. */

type Responses = Record<string, { description: string; headers?: object; content?: Record<string, Content> }>;
type Content = { schema: object; example?: unknown; examples?: Record<string, Example> };
type Example = { summary: string; value: unknown };

export function successes(schemas: Schemas, operation: string, specification: Specification): Responses {
  const { returns, paged, dialect = tenantry } = specification;
  const answers = Object.entries(returns).map(([status, answer]) => {
    const content = schemas.withExample(answer, "output", operation);
    const headers = { ...requestId, ...(paged && link) };
    const empty = Object.keys(content.schema).length === 0 || status === "204";
    const description = descriptions[status] ?? "Done.";
    return [status, { description, headers, ...(!empty && { content: inEach(dialect, content) }) }];
  });
  return Object.fromEntries(answers);
}

/** The same content in every media type of a dialect. */
export function inEach({ mediaTypes }: Dialect, content: Content): Record<string, Content> {
  return Object.fromEntries(mediaTypes.map((type) => [type, content]));
}

const descriptions: Readonly<Record<string, string>> = { 200: "Done.", 201: "Created.", 204: "Done." };

/** The declared failures by status, with API Gateway's own answer where it has one for that status. */
export function refusals(
  { caller, dialect = tenantry }: Specification,
  declared: readonly Failure[],
): Responses {
  const answers: Responses = {};
  for (const [status, group] of Map.groupBy(declared, dialect.statusOf)) {
    answers[status] = {
      description: group.map(({ code, title }) => `\`${code}\`: ${title}`).join("\n\n"),
      headers: { ...requestId, ...headersOf[status] },
      content: failuresIn(dialect, group),
    };
  }
  for (const [status, message] of Object.entries(ofGateway)) {
    if (status === "401" && !bearsToken(caller)) continue;
    const { description = `API Gateway: ${message}.`, content = {}, ...rest } = answers[status] ?? {};
    answers[status] = {
      ...rest,
      description,
      content: { ...content, [json]: orGateway(content[json], message) },
    };
  }
  return answers;
}

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
const ofGateway: Readonly<Record<string, string>> = {
  401: "Unauthorized",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

function failuresIn(dialect: Dialect, group: readonly Failure[]): Record<string, Content> {
  const { failureType, mediaTypes, name } = dialect;
  const codes = { properties: { code: { enum: group.map(({ code }) => code) } } };
  const content = {
    schema: { allOf: [{ $ref: `#/components/schemas/${failureSchemas[name]}` }, codes] },
    examples: Object.fromEntries(group.map((failure) => [failure.code, exampleOf(dialect, failure)])),
  };
  const types = failureType ? [failureType] : mediaTypes;
  return Object.fromEntries(types.map((type) => [type, content]));
}

/** The failure as an endpoint would answer it. */
function exampleOf(dialect: Dialect, failure: Failure): Example {
  const errors = failure.code === "invalid_request" && {
    errors: [{ in: "body", pointer: "/name", reason: "must be at least 1 characters long" }] as const,
  };
  const event = { headers: {} } as Event;
  const { body } = dialect.writeFailure(event, new Failed(failure, { ...errors }), "JKJaXmPLvHcESHA=");
  return { summary: failure.title, value: JSON.parse(body) };
}

const requestId = {
  "X-Request-Id": { description: "Names this request in the logs.", schema: { type: "string" } },
};

const link = {
  Link: {
    description: 'The next page (rel="next", RFC 8288); absent on the last.',
    schema: { type: "string" },
  },
};

const retryAfter = {
  "Retry-After": { description: "Seconds to wait before trying again.", schema: { type: "string" } },
};

const headersOf: Readonly<Record<string, object>> = {
  401: { "WWW-Authenticate": { description: "How to sign in.", schema: { type: "string" } } },
  409: retryAfter,
  429: retryAfter,
  503: retryAfter,
};
