import * as z from "zod/mini";
import type { Failure } from "../domain/failures.ts";
import { permissions } from "../domain/permissions.ts";
import { type AnyEndpoint, failuresOf, type Specification } from "./endpoint.ts";

/** The OpenAPI 3.1 document of the whole API, made from the registry; `descriptions` are the comments by key. */
export function openApi(
  endpoints: Readonly<Record<string, AnyEndpoint>>,
  descriptions: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [key, { specification }] of Object.entries(endpoints)) {
    if (specification.route === "$default") continue;
    const [method = "", path = ""] = specification.route.split(" ");
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: operation(key, specification, descriptions[key] ?? ""),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Tenantry",
      version: "1.0.0",
      description: "Businesses, memberships, invitations and paid seats of a B2B product.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      schemas: { Problem, GatewayMessage },
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function operation(key: string, specification: Specification, description: string) {
  const { caller, body, returns } = specification;
  const [folder, name] = key.includes("/") ? key.split("/") : ["service", key];
  const [summary = ""] = description.split(/(?<=\.)\s/);
  const permission = caller.kind === "member" ? permissions[caller.permission] : undefined;
  const needed = permission && `Needs a role of at least ${permission.least}: ${permission.description}.`;
  return {
    operationId: name?.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    tags: [folder],
    summary: summary.replace(/\.$/, ""),
    description: [description, needed].filter(Boolean).join("\n\n"),
    security: caller.kind === "anyone" ? [] : [{ bearer: [] }],
    parameters: parameters(specification),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schema(body, "input") } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(returns).map(([status, answer]) => [status, success(answer, specification.paged)]),
      ),
      ...failures(failuresOf(specification)),
    },
  };
}

function parameters({ route, caller, query, paged }: Specification) {
  const inPath = [...route.matchAll(/{(\w+)}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const properties = query ? (schema(query, "input").properties as Record<string, object>) : {};
  const inQuery = Object.entries({ ...(paged && paging), ...properties }).map(([name, value]) => ({
    name,
    in: "query",
    schema: value,
  }));
  return [...inPath, ...inQuery, ...(caller.kind === "anyone" ? [] : [businessHeader])];
}

const paging = {
  limit: { type: "integer", minimum: 1, maximum: 100, default: 50, description: "How many at most." },
  cursor: { type: "string", description: "Where to go on, from the Link header of the page before." },
};

const businessHeader = {
  name: "X-Business-Id",
  in: "header",
  description: "The business to work in, instead of the current one.",
  schema: { type: "string", pattern: "^biz_[0-9A-HJKMNP-TV-Z]{26}$" },
};

function success(answer: z.ZodMiniType, paged: true | undefined) {
  const link = {
    description: 'The next page (rel="next", RFC 8288); absent on the last.',
    schema: { type: "string" },
  };
  return {
    description: "Done",
    headers: { ...responseIds, ...(paged && { Link: link }) },
    content: { "application/json": { schema: schema(answer, "output") } },
  };
}

const responseIds = {
  "X-Request-Id": { description: "Names this request in logs.", schema: { type: "string" } },
};

function failures(declared: readonly Failure[]) {
  const byStatus = Map.groupBy(declared, ({ status }) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map(({ code, title }) => `\`${code}\`: ${title}`).join("\n\n"),
        content: {
          "application/problem+json": {
            schema: {
              allOf: [
                { $ref: "#/components/schemas/Problem" },
                { properties: { code: { enum: group.map(({ code }) => code) } } },
              ],
            },
          },
          ...(fromGateway.has(status) && {
            "application/json": { schema: { $ref: "#/components/schemas/GatewayMessage" } },
          }),
        },
      },
    ]),
  );
}

/** Statuses that API Gateway also answers by itself, before any function runs. */
const fromGateway = new Set([401, 413, 500, 503]);

function schema(type: z.ZodMiniType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io, unrepresentable: "any" });
  return rest;
}

const GatewayMessage = {
  description: "What API Gateway answers by itself: no Authorization header, too large, or out of order.",
  type: "object",
  properties: { message: { type: ["string", "null"] } },
  required: ["message"],
};

const Problem = {
  description: "What went wrong, as RFC 9457 problem details.",
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    code: { type: "string", description: "Stable; programs may rely on it." },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: {
          in: { enum: ["body", "query", "header"] },
          pointer: { type: "string", description: "A JSON pointer into that part of the request." },
          reason: { type: "string" },
        },
        required: ["in", "pointer", "reason"],
      },
    },
  },
  required: ["type", "title", "status", "detail", "instance", "code", "requestId"],
};
