import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import { IdempotencyKeyReused, RequestInProgress } from "../domain/failures.ts";
import type { Identity } from "../domain/people.ts";
import type { Repeatable } from "../operation.ts";
import { recordOf, repeatable, storeAnswer } from "../table/idempotency.ts";
import { bodyBytes, invalid } from "./input.ts";

/** A change that is made once, however often it is sent with the same Idempotency-Key. */
export const byIdempotencyKey = {
  uses: { recordOf, storeAnswer },
  fails: [RequestInProgress, IdempotencyKeyReused],
} as const;

/** What a request repeats if it comes twice; undefined where it bears no key. */
export function repeatableOf(event: Event, identity: Identity): Repeatable | undefined {
  const idempotencyKey = event.headers["idempotency-key"];
  if (idempotencyKey === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    const reason = "must be 1 to 255 visible ASCII characters, such as a UUID";
    throw invalid([{ in: "header", pointer: "/idempotency-key", reason }]);
  }
  const { method } = event.requestContext.http;
  const business = event.headers["x-business-id"] ?? "";
  const request = { business, method, path: event.rawPath, key: idempotencyKey };
  return repeatable(identity, request, bodyBytes(event).toString("base64"));
}
