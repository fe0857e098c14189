import type {
  APIGatewayProxyEventV2 as Event,
  APIGatewayProxyStructuredResultV2 as Result,
} from "aws-lambda";
import type { Failed } from "../domain/failures.ts";
import type { Dialect } from "./dialect.ts";

/** A failure as RFC 9457 problem details. */
export function problem({ failure, details }: Failed, requestId: string) {
  const { code, status, title } = failure;
  const { detail = title, errors } = details;
  return {
    type: `urn:tenantry:problem:${code}`,
    title,
    status,
    detail,
    instance: `urn:tenantry:request:${requestId}`,
    code,
    requestId,
    ...(errors && { errors }),
  };
}

/** The answer to a request that failed, in the dialect of its endpoint. */
export function refusal(dialect: Dialect, event: Event, failed: Failed): Result {
  const { requestId } = event.requestContext;
  const { failure, details } = failed;
  const { contentType, body } = dialect.writeFailure(event, failed, requestId);
  return {
    statusCode: dialect.statusOf(failure),
    headers: {
      ...responseHeaders(requestId),
      "content-type": contentType,
      ...(failure.status === 401 && { "www-authenticate": "Bearer" }),
      ...(details.retryAfter !== undefined && { "retry-after": String(details.retryAfter) }),
      ...(details.allow && { allow: details.allow.join(", ") }),
    },
    body,
  };
}

/** What every answer bears. */
export function responseHeaders(requestId: string): Record<string, string> {
  return { "x-request-id": requestId, "cache-control": "no-store" };
}
