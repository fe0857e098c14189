import type { Dialect } from "../dialect.ts";
import { tenantry } from "../dialects/tenantry.ts";
import type { Specification } from "../endpoint.ts";
import type { Schemas } from "./schemas.ts";
import type { Shelf } from "./shelf.ts";

export interface Response {
  readonly description: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, Content>>;
}
export type Content = { schema: object; example?: unknown; examples?: Record<string, object> };

/** What an endpoint answers when it has done what it was asked for: its declared bodies. */
export function successes(
  schemas: Schemas,
  shelf: Shelf,
  operation: string,
  specification: Specification,
): Record<string, Response> {
  const { returns, paged, dialect = tenantry } = specification;
  const answers = Object.entries(returns).map(([status, answer]) => {
    const content = schemas.withExample(answer, "output", operation);
    const empty = Object.keys(content.schema).length === 0 || status === "204";
    const description = descriptions[status] ?? "Done.";
    return [
      status,
      {
        description,
        headers: headers(shelf, { ...requestId, ...(paged && link) }),
        ...(!empty && { content: inEach(dialect, content) }),
      },
    ];
  });
  return Object.fromEntries(answers);
}

/** The same content in every media type of a dialect. */
export function inEach({ mediaTypes }: Dialect, content: Content): Record<string, Content> {
  return Object.fromEntries(mediaTypes.map((type) => [type, content]));
}

const descriptions: Readonly<Record<string, string>> = { 200: "Done.", 201: "Created.", 204: "Done." };

/** Headers by their names, each described once in the document. */
export function headers(shelf: Shelf, named: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(named).map(([name, header]) => [name, shelf.put("headers", name, header)]),
  );
}

export const requestId = {
  "X-Request-Id": { description: "Names this request in the logs.", schema: { type: "string" } },
};

const link = {
  Link: {
    description: 'The next page (rel="next", RFC 8288); absent on the last.',
    schema: { type: "string" },
  },
};
