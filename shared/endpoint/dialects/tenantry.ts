import type { Dialect } from "../dialect.ts";
import { isJson, parseJson } from "../json.ts";
import { problem } from "../problem.ts";

/** Tenantry's own: JSON, and problem details (RFC 9457). Accept is not negotiated: real clients send odd ones. */
export const tenantry: Dialect = {
  name: "tenantry",
  mediaTypes: ["application/json"],
  failureType: "application/problem+json",
  read: (event, bytes) => (isJson(event) ? parseJson(bytes) : undefined),
  write: (_, body) => ({ contentType: "application/json", body: JSON.stringify(body) }),
  statusOf: ({ status }) => status,
  writeFailure: (_, failed, requestId) => ({
    contentType: "application/problem+json",
    body: JSON.stringify(problem(failed, requestId)),
  }),
};
