import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import type { Failed, Failure } from "../domain/failures.ts";

/** A body on its way out: text and what it is. */
export interface Written {
  readonly contentType: string;
  readonly body: string;
}

/**
 * How an endpoint speaks: which bodies it reads, and how it writes answers and failures. What it says and does is the
 * same in every dialect. An endpoint names its own where that isn't Tenantry's.
 */
export interface Dialect {
  readonly name: "tenantry" | "userAccess" | "companyUsers";
  /** The media types of its bodies: the first is written where nobody asks for another. */
  readonly mediaTypes: readonly string[];
  /** Where its failures are of another type than its answers. */
  readonly failureType?: string | undefined;
  /** What a body says, before a schema has looked at it; undefined where its type is none of the dialect's. */
  readonly read: (event: Event, bytes: Uint8Array) => unknown | Promise<unknown>;
  readonly write: (event: Event, body: unknown) => Written;
  /** The status of a failure, which other APIs have fewer of. */
  readonly statusOf: (failure: Failure) => number;
  readonly writeFailure: (event: Event, failed: Failed, requestId: string) => Written;
}
