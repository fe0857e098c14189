/** The pages of the local run: `/`, where everything is, and `/docs`, the reference of the API. */
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import type { HttpApi } from "../http-api.ts";
import { router } from "../routes.ts";
import { docs } from "./docs.ts";
import { type Home, home } from "./home.ts";

type Page = () => Promise<string | Buffer> | string;
export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const swagger = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const own = (name: string) => () => readFile(join(import.meta.dirname, name));
const ofSwagger = (name: string) => () => readFile(join(swagger, name));

/** Finds the page of a request; undefined where there is none, or where the template has a route of its own there. */
export function pages(look: () => Promise<Home>, api: () => HttpApi | undefined) {
  const all: Readonly<Record<string, Page>> = {
    "/": async () => home(await look()),
    "/_pages/home.css": own("home.css"),
    "/_pages/home.js": own("home.js"),
    "/docs": docs,
    "/_pages/docs.css": own("docs.css"),
    "/_pages/docs.js": own("docs.js"),
    "/_pages/swagger-ui.css": ofSwagger("swagger-ui.css"),
    "/_pages/swagger-ui-bundle.js": ofSwagger("swagger-ui-bundle.js"),
  };
  return ({ method, url = "" }: IncomingMessage): Handle | undefined => {
    const [path = ""] = url.split("?");
    const page = method === "GET" ? all[path] : undefined;
    if (!page) return undefined;
    const routes = (api()?.routes ?? []).filter(({ key }) => key !== "$default");
    if (router(routes)("GET", path)) return undefined;
    return async (_, response) => {
      const body = Buffer.from(await page());
      response.writeHead(200, {
        ...headers,
        "content-type": types[extname(path)],
        "content-length": body.length,
      });
      response.end(body);
    };
  };
}

const types: Readonly<Record<string, string>> = {
  "": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** Nothing comes from elsewhere, and nothing runs that isn't a file of ours. */
const headers = {
  "cache-control": "no-cache",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
