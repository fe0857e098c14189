import { Failed, type Failure } from "../../domain/failures.ts";
import { bearsToken } from "../caller.ts";
import type { Specification } from "../endpoint.ts";
import { problem } from "../problem.ts";
import type { Schemas } from "./schemas.ts";

/** What an endpoint answers: its declared bodies, its declared failures, and what API Gateway says before it runs. */

type Responses = Record<string, { description: string; headers?: object; content?: Record<string, Content> }>;
type Content = { schema: object; example?: unknown; examples?: Record<string, Example> };
type Example = { summary: string; value: unknown };

export function successes(schemas: Schemas, operation: string, { returns, paged }: Specification): Responses {
  const answers = Object.entries(returns).map(([status, answer]) => {
    const content = schemas.withExample(answer, "output", operation);
    const headers = { ...requestId, ...(paged && link) };
    const empty = Object.keys(content.schema).length === 0 || status === "204";
    const description = descriptions[status] ?? "Done.";
    return [status, { description, headers, ...(!empty && { content: { "application/json": content } }) }];
  });
  return Object.fromEntries(answers);
}

const descriptions: Readonly<Record<string, string>> = { 200: "Done.", 201: "Created.", 204: "Done." };

/** The declared failures by status, with API Gateway's own answer where it has one for that status. */
export function refusals({ caller }: Specification, declared: readonly Failure[]): Responses {
  const answers: Responses = {};
  for (const [status, group] of Map.groupBy(declared, (failure) => failure.status)) {
    answers[status] = {
      description: group.map(({ code, title }) => `\`${code}\`: ${title}`).join("\n\n"),
      headers: { ...requestId, ...headersOf[status] },
      content: { "application/problem+json": problems(group) },
    };
  }
  for (const [status, message] of Object.entries(ofGateway)) {
    if (status === "401" && !bearsToken(caller)) continue;
    const { description = `API Gateway: ${message}.`, content, ...rest } = answers[status] ?? {};
    const own = { schema: { $ref: "#/components/schemas/GatewayMessage" }, example: { message } };
    answers[status] = { ...rest, description, content: { ...content, "application/json": own } };
  }
  return answers;
}

/** What API Gateway answers by itself, before or instead of a function. */
const ofGateway: Readonly<Record<string, string>> = {
  401: "Unauthorized",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

function problems(group: readonly Failure[]): Content {
  const codes = { properties: { code: { enum: group.map(({ code }) => code) } } };
  return {
    schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, codes] },
    examples: Object.fromEntries(group.map((failure) => [failure.code, exampleOf(failure)])),
  };
}

/** The problem as an endpoint would answer it. */
function exampleOf(failure: Failure): Example {
  const errors = failure.code === "invalid_request" && {
    errors: [{ in: "body", pointer: "/name", reason: "must be at least 1 characters long" }] as const,
  };
  const { body = "" } = problem(new Failed(failure, { ...errors }), "JKJaXmPLvHcESHA=");
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
