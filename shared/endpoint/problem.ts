import type { APIGatewayProxyStructuredResultV2 as Result } from "aws-lambda";
import type { Failed } from "../domain/failures.ts";

/** A failure as RFC 9457 problem details. */
export function problem({ failure, details }: Failed, requestId: string): Result {
  const { code, status, title } = failure;
  const { detail = title, errors, retryAfter } = details;
  const body = {
    type: `urn:tenantry:problem:${code}`,
    title,
    status,
    detail,
    instance: `urn:tenantry:request:${requestId}`,
    code,
    requestId,
    ...(errors && { errors }),
  };
  return {
    statusCode: status,
    headers: {
      ...responseHeaders(requestId),
      "content-type": "application/problem+json",
      ...(status === 401 && { "www-authenticate": "Bearer" }),
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    },
    body: JSON.stringify(body),
  };
}

/** What every answer bears. */
export function responseHeaders(requestId: string): Record<string, string> {
  return { "x-request-id": requestId, "cache-control": "no-store" };
}
