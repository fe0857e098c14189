/** Builds the event of a request: payload format 2.0, as API Gateway does. */
import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Match } from "./routes.ts";

/** What a request says before its body is looked at. */
export type Target = {
  method: string;
  /** The path as sent. */
  encodedPath: string;
  rawPath: string;
  rawQueryString: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  cookies: string[];
};

/** Undefined for a target that isn't a path or is wrongly percent-encoded. */
export function readTarget(request: IncomingMessage): Target | undefined {
  const { url = "", method = "", headersDistinct } = request;
  const [, encodedPath = "", , rawQueryString = ""] = /^([^?]*)(\?(.*))?$/s.exec(url) ?? [];
  if (!encodedPath.startsWith("/")) return undefined;
  const { cookie = [], connection: _hopByHop, ...rest } = headersDistinct;
  const headers = Object.entries(rest).map(([name, values = []]) => [name, values.join(",")]);
  try {
    return {
      method,
      encodedPath,
      rawPath: decodeURIComponent(encodedPath),
      rawQueryString,
      query: readQuery(rawQueryString),
      headers: Object.fromEntries(headers),
      cookies: cookie.flatMap((line) => line.split(/; */)),
    };
  } catch {
    return undefined;
  }
}

function readQuery(rawQueryString: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const pair of rawQueryString.split("&").filter(Boolean)) {
    const [name = "", value = ""] = pair
      .split(/=(.*)/s)
      .map((part) => decodeURIComponent(part.replaceAll("+", " ")));
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  }
  return query;
}

export type Context = {
  apiId: string;
  accountId: string;
  requestId: string;
  timeEpoch: number;
  sourceIp: string;
};

/** What the authorizer's event and the function's have in common. */
export function commonEvent(target: Target, { route, parameters }: Match, context: Context) {
  const { method, rawPath, rawQueryString, query, headers, cookies } = target;
  const { requestId, timeEpoch, sourceIp, apiId, accountId } = context;
  const domainName = (headers.host ?? "").replace(/:\d+$/, "");
  return {
    version: "2.0",
    routeKey: route.key,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers: { ...headers, "x-forwarded-for": sourceIp, "x-forwarded-proto": "http" },
    ...(rawQueryString && { queryStringParameters: query }),
    requestContext: {
      accountId,
      apiId,
      domainName,
      domainPrefix: domainName.split(".")[0] ?? "",
      http: {
        method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: route.key,
      stage: "$default",
      time: logTime(timeEpoch),
      timeEpoch,
    },
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
  };
}

type Authorizer = Record<string, unknown> | undefined;

export function functionEvent(
  common: ReturnType<typeof commonEvent>,
  body: Buffer,
  authorizer: Authorizer,
): APIGatewayProxyEventV2 {
  const text = TEXT.test(common.headers["content-type" as keyof typeof common.headers] ?? "");
  return {
    ...common,
    requestContext: { ...common.requestContext, ...(authorizer && { authorizer: { lambda: authorizer } }) },
    ...(body.length > 0 && { body: body.toString(text ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

/** The media types whose bodies are handed on as text; all others in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b)/i;

/** `12/Mar/2020:19:03:58 +0000` */
function logTime(time: number): string {
  const [, day, month, year, clock] = new Date(time).toUTCString().split(" ");
  return `${day}/${month}/${year}:${clock} +0000`;
}
