import type { Specification } from "../endpoint.ts";
import { describe } from "./glossary.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Schemas } from "./schemas.ts";

/** The parameters of an endpoint: those of its path and query, and the headers that all endpoints take. */
export function parameters(
  schemas: Schemas,
  operation: string,
  { route, caller, query, paged }: Specification,
) {
  const inPath = [...route.matchAll(/{(\w+)}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...describe(name, operation),
    schema: { type: "string" },
  }));
  const { properties = {} } = query ? schemas.inline(query, "input", operation) : {};
  const inQuery = Object.entries({ ...(paged && paging), ...properties }).map(([name, schema]) => {
    const { description: _, examples: __, ...rest } = schema as JsonSchema;
    return { name, in: "query", ...describe(name, operation), schema: rest };
  });
  return [...inPath, ...inQuery, ...(caller.kind === "anyone" ? [] : [businessHeader])];
}

const paging: Record<string, JsonSchema> = {
  limit: { type: "integer", minimum: 1, maximum: 100, default: 50 },
  cursor: { type: "string" },
};

const businessHeader = {
  name: "X-Business-Id",
  in: "header",
  description: "The business to work in, instead of the current one.",
  example: "biz_01JD6Y3K8Q4W9RTB2V5N7XHZAC",
  schema: { type: "string", pattern: "^biz_[0-9A-HJKMNP-TV-Z]{26}$" },
};
