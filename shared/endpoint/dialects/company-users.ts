import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import { plainDecimal } from "../../domain/decimals.ts";
import type { Failed } from "../../domain/failures.ts";
import type { Dialect, Written } from "../dialect.ts";
import { isJson, mediaTypeOf, parseJson } from "../json.ts";
import { readXml, writeXml } from "./xml.ts";

/**
 * JSON or XML in and out, by content type and `Accept`. What a request does not allow is 422, malformed or not. Numbers
 * are kept to the last digit: a decimal is read as its text, and written as it was.
 */
export const companyUsers: Dialect = {
  name: "companyUsers",
  mediaTypes: ["application/json", "application/xml"],
  read: (event, bytes) => {
    if (isJson(event)) return parseJson(bytes, exactly);
    return isXml(mediaTypeOf(event)) ? readXml(bytes, root) : undefined;
  },
  write: (event, body) => written(event, root, body),
  statusOf: ({ status }) => (status === 400 ? 422 : status),
  writeFailure: (event, failed, requestId) => written(event, "error", errorOf(failed, requestId)),
};

const root = "user_add_update_model";
/** The members that are decimals, which the code holds as text. */
const decimals: ReadonlySet<string> = new Set(["owner_ship"]);

/** A decimal as its text: a double may say less, or something else. */
function exactly(name: string, value: unknown, source: string | undefined): unknown {
  return decimals.has(name) && typeof value === "number" && source ? plainDecimal(source) : value;
}

function written(event: Event, name: string, body: unknown): Written {
  return wantsXml(event)
    ? { contentType: "application/xml", body: writeXml(name, body) }
    : { contentType: "application/json", body: JSON.stringify(body, rawDecimals) };
}

function rawDecimals(name: string, value: unknown): unknown {
  return decimals.has(name) && typeof value === "string" ? rawJson(value) : value;
}

/** Text that stands in JSON as it is; TypeScript doesn't know it yet. */
const rawJson = (text: string): unknown =>
  (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(text);

/** Whether the client would rather have XML: by `Accept`, and where that names neither, as it sent its own. */
function wantsXml(event: Event): boolean {
  const accepted = (event.headers.accept ?? "").split(",").map((range) => {
    const [type = "", ...parameters] = range.toLowerCase().split(";");
    const weight = parameters.find((parameter) => parameter.trim().startsWith("q="));
    return { type: type.trim(), weight: weight ? Number(weight.split("=")[1]) : 1 };
  });
  const known = accepted.filter(({ type, weight }) => weight > 0 && (isXml(type) || /[/+]json$/.test(type)));
  const [first] = known.sort((a, b) => b.weight - a.weight);
  return isXml(first?.type ?? mediaTypeOf(event));
}

const isXml = (type: string) => /^(application|text)\/([\w.-]+\+)?xml$/.test(type);

function errorOf(
  { failure: { code, title }, details: { detail = title, errors } }: Failed,
  requestId: string,
) {
  const fields = errors?.map(({ pointer, reason }) => ({ field: pointer.slice(1), message: reason }));
  return { code, message: detail, request_id: requestId, ...(fields && { errors: fields }) };
}
