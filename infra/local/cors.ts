/** CORS as API Gateway does it for an HTTP API: it answers preflights itself and replaces the functions' headers. */
import type { Cors } from "./http-api.ts";

type Headers = Record<string, string>;

const isPreflight = (method: string, headers: Headers) =>
  method === "OPTIONS" && Boolean(headers.origin && headers["access-control-request-method"]);

export function cors(config: Cors | undefined) {
  const allows = (origin: string | undefined) =>
    origin !== undefined &&
    config?.AllowOrigins.some((allowed) =>
      allowed.endsWith("*") ? origin.startsWith(allowed.slice(0, -1)) : origin === allowed,
    );
  const originHeaders = (config: Cors, origin: string): Headers => ({
    "access-control-allow-origin": config.AllowOrigins.includes("*") ? "*" : origin,
    ...(config.AllowCredentials && { "access-control-allow-credentials": "true" }),
  });

  return {
    /** The headers of the answer to a preflight; undefined for any other request. */
    preflight(method: string, headers: Headers): Headers | undefined {
      if (!config || !isPreflight(method, headers)) return undefined;
      if (!headers.origin || !allows(headers.origin)) return {};
      return {
        ...originHeaders(config, headers.origin),
        ...(config.AllowMethods.length > 0 && {
          "access-control-allow-methods": config.AllowMethods.join(","),
        }),
        ...(config.AllowHeaders.length > 0 && {
          "access-control-allow-headers": config.AllowHeaders.join(","),
        }),
        ...(config.MaxAge !== undefined && { "access-control-max-age": String(config.MaxAge) }),
      };
    },
    /** The headers that the gateway adds to an answer. */
    headers(origin: string | undefined): Headers {
      if (!config || !origin || !allows(origin)) return {};
      return {
        ...originHeaders(config, origin),
        ...(config.ExposeHeaders.length > 0 && {
          "access-control-expose-headers": config.ExposeHeaders.join(","),
        }),
      };
    },
    /** With a configuration, the functions' own CORS headers count for nothing. */
    drops: (header: string) => config !== undefined && header.startsWith("access-control-"),
  };
}
