import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import * as z from "zod/mini";
import {
  BodyTooLarge,
  Failed,
  InvalidRequest,
  UnsupportedMediaType,
  type Violation,
} from "../domain/failures.ts";
import type { Dialect } from "./dialect.ts";
import { tenantry } from "./dialects/tenantry.ts";
import { unreadable } from "./json.ts";
import type { Lazily } from "./wire/lazily.ts";

const maximumBytes = 256 * 1024;

/** Reads a body by its schema. Fails as 413, 415 or 400, in this order, naming every offending place. */
export async function readBody<S extends z.ZodMiniType>(
  event: Event,
  schema: Lazily<S>,
  dialect: Dialect = tenantry,
): Promise<z.infer<S>> {
  const bytes = bodyBytes(event);
  if (bytes.length === 0) throw unreadable("a body is required");
  const value = await dialect.read(event, bytes);
  if (value === undefined) throw unsupported(dialect);
  return parse("body", schema, value);
}

function unsupported({ mediaTypes }: Dialect): Failed {
  return new Failed(UnsupportedMediaType, { detail: `Send the body as ${mediaTypes.join(" or ")}.` });
}

/** Refuses bodies above 256 KiB, whether or not the endpoint reads them. */
export function bodyBytes({ body = "", isBase64Encoded }: Event): Buffer {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > maximumBytes) throw new Failed(BodyTooLarge);
  return bytes;
}

/** Reads the query string by its schema; a parameter given twice arrives joined by commas. */
export function readQuery<S extends z.ZodMiniType>(event: Event, schema: Lazily<S>): z.infer<S> {
  return parse("query", schema, event.queryStringParameters ?? {});
}

function parse<S extends z.ZodMiniType>(
  place: Violation["in"],
  schema: Lazily<S>,
  value: unknown,
): z.infer<S> {
  const result = z.safeParse(schema(), value);
  if (!result.success) throw invalid(result.error.issues.flatMap((issue) => violations(place, issue)));
  return result.data;
}

export function invalid(errors: readonly Violation[]): Failed {
  return new Failed(InvalidRequest, { errors });
}

function violations(place: Violation["in"], issue: z.core.$ZodIssue): Violation[] {
  const at = (path: readonly PropertyKey[]) =>
    path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((name) => ({
      in: place,
      pointer: at([...issue.path, name]),
      reason: "unknown here",
    }));
  }
  return [{ in: place, pointer: at(issue.path), reason: reasonOf(issue) }];
}

/** A sentence for an issue: the schema's own message where it has one. */
function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.message && issue.message !== "Invalid input") return issue.message;
  if (issue.code === "invalid_type") return `must be of type ${issue.expected}`;
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  if (issue.code === "too_small")
    return `must be at least ${issue.minimum}${unit(issue.origin, issue.minimum)}`;
  if (issue.code === "too_big") return `must be at most ${issue.maximum}${unit(issue.origin, issue.maximum)}`;
  if (issue.code === "invalid_format") return `must be a valid ${issue.format}`;
  return "is not valid";
}

function unit(origin: string, count: number | bigint): string {
  const some = count === 1 ? "" : "s";
  if (origin === "string") return ` character${some} long`;
  return origin === "array" ? ` item${some} long` : "";
}
