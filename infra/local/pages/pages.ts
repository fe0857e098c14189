/** The pages of the local run: `/`, where everything is, the API's reference, the mailbox, Stripe, and those in place of an app's. */
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import type { HttpApi } from "../http-api.ts";
import { router } from "../routes.ts";
import type { Mailbox } from "../ses/mailbox.ts";
import type { LocalStripe } from "../stripe/stripe.ts";
import { accept } from "./accept.ts";
import { billing } from "./billing.ts";
import { docs } from "./docs.ts";
import { type Home, home } from "./home.ts";
import { mailbox, mailHtml } from "./mailbox.ts";
import type { Content, Page } from "./page.ts";
import { stripePage } from "./stripe.ts";

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What the pages show of the run. */
export type Shown = { home(): Home; mails: Mailbox; people: Home["people"]; stripe: LocalStripe };

const swagger = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const own = (name: string) => () => readFile(join(import.meta.dirname, name));
const ofSwagger = (name: string) => () => readFile(join(swagger, name));
const OWN = [
  "accept.css",
  "accept.js",
  "docs.css",
  "docs.js",
  "home.css",
  "home.js",
  "mailbox.css",
  "mailbox.js",
  "stripe.css",
  "stripe.js",
];

/** Finds the page of a request; undefined where there is none, or where the template has a route of its own there. */
export function pages({ home: look, mails, stripe, people }: Shown, api: () => HttpApi | undefined) {
  const all: Readonly<Record<string, Page>> = {
    "/": () => home(look()),
    "/docs": docs,
    "/mailbox": (asked) => mailbox(mails, asked),
    "/mailbox/*": (asked) => mailHtml(mails, asked),
    "/stripe": (asked) => stripePage(stripe, asked),
    "/billing": () => billing(stripe),
    "/invitations/*": (asked) => accept(mails, people, asked),
    ...Object.fromEntries(OWN.map((name) => [`/_pages/${name}`, own(name)])),
    "/_pages/swagger-ui.css": ofSwagger("swagger-ui.css"),
    "/_pages/swagger-ui-bundle.js": ofSwagger("swagger-ui-bundle.js"),
  };
  return ({ method, url = "" }: IncomingMessage): Handle | undefined => {
    const [path = "", search] = url.split("?");
    const page = method === "GET" ? (all[path] ?? all[path.replace(/[^/%]+$/, "*")]) : undefined;
    if (!page) return undefined;
    const routes = (api()?.routes ?? []).filter(({ key }) => key !== "$default");
    if (router(routes)("GET", path)) return undefined;
    return async (_, response) => {
      const last = path.split("/").at(-1) ?? "";
      const made = await page({ last, search: new URLSearchParams(search) });
      const content: Content = typeof made === "string" || Buffer.isBuffer(made) ? { body: made } : made;
      const body = Buffer.from(content.body);
      response.writeHead(content.status ?? 200, {
        ...headers,
        "content-type": types[extname(path)] ?? types[""],
        "content-length": body.length,
        ...content.headers,
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
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  // The address of a page may hold the token of an invitation.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
