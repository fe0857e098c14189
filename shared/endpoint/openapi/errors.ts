import type { Dialect } from "../dialect.ts";
import type { JsonSchema } from "./json-schema.ts";

/** The bodies of errors: ours in every dialect, and API Gateway's own. */

/** What the errors of a dialect are named. */
export const failureSchemas = {
  tenantry: "Problem",
  userAccess: "FieldErrors",
  companyUsers: "Error",
} as const satisfies Record<Dialect["name"], string>;

export const GatewayMessage: JsonSchema = {
  description:
    "What API Gateway answers by itself: no Authorization header, too large, too many, or out of order.",
  type: "object",
  properties: { message: { type: ["string", "null"], description: "What is wrong, in a few words." } },
  required: ["message"],
};

export const Problem: JsonSchema = {
  description: "What went wrong, as RFC 9457 problem details.",
  type: "object",
  properties: {
    type: { type: "string", description: "Names the kind of problem, as a URI." },
    title: { type: "string", description: "The kind of problem, in a sentence for people." },
    status: { type: "integer", description: "The HTTP status." },
    detail: { type: "string", description: "This very problem, in a sentence for people." },
    instance: { type: "string", description: "Names this occurrence, as a URI." },
    code: { type: "string", description: "Names the kind of problem. Stable: programs may rely on it." },
    requestId: { type: "string", description: "Names this request in the logs." },
    errors: {
      type: "array",
      description: "Every offending place of the request.",
      items: {
        type: "object",
        properties: {
          in: { enum: ["body", "query", "header"], description: "The part of the request." },
          pointer: { type: "string", description: "A JSON pointer into that part." },
          reason: { type: "string", description: "What is wrong there." },
        },
        required: ["in", "pointer", "reason"],
      },
    },
  },
  required: ["type", "title", "status", "detail", "instance", "code", "requestId"],
};

export const FieldErrors: JsonSchema = {
  description: "What went wrong, field by field.",
  type: "object",
  properties: {
    errors: {
      type: "object",
      description: "The sentences for people, by field; `base` is for what is of no field.",
      additionalProperties: { type: "array", items: { type: "string" } },
    },
    code: { type: "string", description: "Names the kind of problem. Stable: programs may rely on it." },
  },
  required: ["errors", "code"],
};

/** `Error`, which TypeScript keeps for itself. */
export const CompanyUsersError: JsonSchema = {
  description: "What went wrong. In XML the root is `error`, with an `errors` element for each field.",
  type: "object",
  properties: {
    code: { type: "string", description: "Names the kind of problem. Stable: programs may rely on it." },
    message: { type: "string", description: "This very problem, in a sentence for people." },
    request_id: { type: "string", description: "Names this request in the logs." },
    errors: {
      type: "array",
      description: "Every offending field of the request.",
      items: {
        type: "object",
        properties: {
          field: { type: "string", description: "The field, as a path." },
          message: { type: "string", description: "What is wrong there." },
        },
        required: ["field", "message"],
      },
    },
  },
  required: ["code", "message", "request_id"],
};
