import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import { Failed, InvalidRequest } from "../domain/failures.ts";

/** The media type of a request's body, without its parameters. */
export function mediaTypeOf({ headers }: Event): string {
  const [mediaType = ""] = (headers["content-type"] ?? "").split(";");
  return mediaType.trim().toLowerCase();
}

export function isJson(event: Event): boolean {
  return /^application\/([\w.+-]+\+)?json$/.test(mediaTypeOf(event));
}

/** What becomes of a member's value by its text in the JSON: a number may have more digits than a double holds. */
export type Revive = (name: string, value: unknown, source: string | undefined) => unknown;

/** JSON in UTF-8. `__proto__` is refused by name: a schema would pass over it. */
export function parseJson(bytes: Uint8Array, revive: Revive = (_, value) => value): unknown {
  // TypeScript doesn't know the third argument yet.
  const reviver = (name: string, value: unknown, at?: { readonly source?: string }) => {
    if (name === "__proto__") throw unreadable("the body has a member named __proto__");
    return revive(name, value, at?.source);
  };
  try {
    return JSON.parse(textOf(bytes), reviver);
  } catch (error) {
    if (error instanceof Failed) throw error;
    throw unreadable("the body is not valid JSON in UTF-8");
  }
}

/**
 * UTF-8, and nothing else. A gateway that hands a body on as text has put the replacement character where it wasn't:
 * that one is refused too.
 */
export function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  if (text.includes("\u{FFFD}")) throw new TypeError("the replacement character");
  return text;
}

/** A body that can't be read at all, and why. */
export function unreadable(reason: string): Failed {
  return new Failed(InvalidRequest, { errors: [{ in: "body", pointer: "", reason }] });
}
