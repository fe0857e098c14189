/** What a client gets: the function's answer as API Gateway reads it (format 2.0), or the gateway's own. */
import { z } from "zod";
import { EVENT_TOO_LARGE } from "./lambda.ts";
import type { Invoked, Result } from "./worker.ts";

export type Answer = {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
  /** Of the function that gave it. */
  invocation?: Invoked | undefined;
};

const Value = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Structured = z.object({
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z.record(z.string(), Value).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** API Gateway's own answers have no other body than this message. */
export function gatewayAnswer(status: number, message: string): Answer {
  const headers = { "content-type": "application/json" };
  return { status, headers, cookies: [], body: Buffer.from(JSON.stringify({ message })) };
}

export const FAILED = gatewayAnswer(500, "Internal Server Error");
export const TOO_LARGE = gatewayAnswer(413, "Request Entity Too Large");

export function functionAnswer(result: Result): Answer {
  if (result === EVENT_TOO_LARGE) return TOO_LARGE;
  if (result.failed) return FAILED;
  const value: unknown = JSON.parse(result.payload);
  if (typeof value !== "object" || value === null || !("statusCode" in value)) return plain(value);
  const parsed = Structured.safeParse(value);
  if (!parsed.success) return FAILED;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const lowerCased = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    status: statusCode,
    headers: {
      ...(body && { "content-type": "text/plain;charset=UTF-8" }),
      ...Object.fromEntries(lowerCased),
    },
    cookies: cookies ?? [],
    body: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"),
  };
}

/** Without a status code, the whole answer is a JSON body. */
function plain(value: unknown): Answer {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    cookies: [],
    body: Buffer.from(body),
  };
}
