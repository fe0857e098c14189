import { bearsToken } from "../caller.ts";
import type { Specification } from "../endpoint.ts";
import { describe } from "./glossary.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Schemas } from "./schemas.ts";
import type { Shelf } from "./shelf.ts";

/** The parameters of an endpoint: those of its path and query, and the headers that all endpoints take. */
export function parameters(
  schemas: Schemas,
  shelf: Shelf,
  operation: string,
  { route, caller, query, paged, repeat }: Specification,
) {
  const inPath = [...route.matchAll(/{(\w+)}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...describe(name, operation),
    schema: { type: "string" },
  }));
  const properties = query ? schemas.members(query, operation) : {};
  const inQuery = (members: Record<string, JsonSchema>) =>
    Object.entries(members).map(([name, schema]) => {
      const { description: _, examples: __, ...rest } = schema;
      return { name, in: "query", ...describe(name, operation), schema: rest };
    });
  const ofAll = [
    ...(paged ? inQuery(paging) : []),
    ...(bearsToken(caller) && !(caller.kind === "member" && caller.businessIn) ? [businessHeader] : []),
    ...(caller.kind === "stripe" ? [signatureHeader] : []),
    ...(repeat ? [idempotencyHeader] : []),
  ];
  return [
    ...inPath,
    ...inQuery(properties),
    ...ofAll.map((parameter) => shelf.put("parameters", parameter.name, parameter)),
  ];
}

const paging: Record<string, JsonSchema> = {
  limit: { type: "integer", minimum: 1, maximum: 100, default: 50 },
  cursor: { type: "string" },
};

const businessHeader = {
  name: "X-Business-Id",
  in: "header",
  description:
    "The business to work in, instead of the current one. Requests about a person alone, but for GET /users/me, " +
    "don't heed it.",
  example: "biz_01JD6Y3K8Q4W9RTB2V5N7XHZAC",
  schema: { type: "string", pattern: "^biz_[0-9A-HJKMNP-TV-Z]{26}$" },
};

const signatureHeader = {
  name: "Stripe-Signature",
  in: "header",
  required: true,
  description: "Stripe's signature of the body.",
  example: "t=1768469400,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
  schema: { type: "string" },
};

const idempotencyHeader = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Makes a change once, however often it is sent with this key within 24 hours. Any text of your own.",
  example: "9f1c7a52-2f7e-4c0b-9d43-0b8a5c1f6e21",
  schema: { type: "string", pattern: "^[!-~]{1,255}$" },
};
