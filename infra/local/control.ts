/** `/_local/…`: the controls of the run itself. Nothing of it exists on AWS. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Clock } from "./clock.ts";
import { answerJson, readBody } from "./http.ts";
import { Claims, type Issuer } from "./issuer.ts";

export const CONTROL = "/_local/";
export const ISSUER_PATH = "/_local/issuer";

export type Operation = (body: unknown, search: URLSearchParams) => unknown;
const BODY_LIMIT = 64 * 1024;
const Advance = z.strictObject({ advance: z.string() });

export class BadRequest extends Error {}

/** `more`: what else there is, by method and path. */
export function control(clock: Clock, issuer: Issuer, more: Record<string, Operation> = {}) {
  const time = () => ({ now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs() });
  const operations: Record<string, Operation> = {
    "GET /_local/clock": time,
    "POST /_local/clock": (body) => {
      clock.advance(check(Advance, body).advance);
      return time();
    },
    "POST /_local/token": async (body) => ({ token: await issuer.token(check(Claims, body)) }),
  };
  for (const [path, document] of Object.entries(issuer.documents))
    operations[`GET ${ISSUER_PATH}${path}`] = () => document;
  Object.assign(operations, more);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { origin, host } = request.headers;
    // A page of some other site must not move time or make tokens.
    if (origin && origin !== `http://${host}`)
      return answerJson(response, 403, { message: "This is for the developer of this machine only" });
    const [path, search] = request.url?.split("?") ?? [];
    const operation = operations[`${request.method} ${path}`];
    if (!operation)
      return answerJson(response, 404, {
        message: `Not found. There is: ${Object.keys(operations).join(", ")}`,
      });
    try {
      const body = request.method === "POST" && (await readJson(request));
      answerJson(response, 200, await operation(body, new URLSearchParams(search)));
    } catch (error) {
      if (!(error instanceof BadRequest || error instanceof RangeError)) throw error;
      answerJson(response, 400, { message: error.message });
    }
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, BODY_LIMIT);
  try {
    return JSON.parse(body?.toString() ?? "");
  } catch {
    throw new BadRequest(`The body must be JSON of at most ${BODY_LIMIT} bytes`);
  }
}

/** What a body must be, or 400 that says what is wrong with it. */
export function check<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new BadRequest(z.prettifyError(parsed.error));
  return parsed.data;
}
