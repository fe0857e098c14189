/** API Gateway's HTTP API: routes a request, asks the authorizer, invokes the function and hands its answer on. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Served } from "./access-log.ts";
import { type Answer, FAILED, functionAnswer, gatewayAnswer, TOO_LARGE } from "./answer.ts";
import { authorizer } from "./authorizer.ts";
import { cors } from "./cors.ts";
import { type Context, commonEvent, functionEvent, readTarget, type Target } from "./event.ts";
import { readBody } from "./http.ts";
import type { HttpApi, RouteConfig } from "./http-api.ts";
import { router } from "./routes.ts";
import type { Stack } from "./template.ts";
import { throttle } from "./throttle.ts";
import type { Result } from "./worker.ts";

const BODY_LIMIT = 10 * 1024 * 1024;
const NO_ANSWER: Answer = { status: 204, headers: {}, cookies: [], body: Buffer.alloc(0) };

export type Gateway = {
  stack: Stack;
  api: HttpApi;
  invoke(functionName: string, event: unknown): Promise<Result>;
  now(): number;
  served(request: Served): void;
};

export function gateway({ stack, api, invoke, now, served }: Gateway) {
  const find = router(api.routes);
  const passes = throttle();
  const crossOrigin = cors(api.cors);
  const arn = `arn:aws:execute-api:${stack.region}:${stack.account}:${api.id}/$default`;
  const authorize = authorizer(invoke, (routeKey) => `${arn}/${routeKey.replace(" ", "")}`, now);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now();
    const requestId = randomBytes(11).toString("base64");
    const context = {
      apiId: api.id,
      accountId: stack.account,
      requestId,
      timeEpoch: now(),
      sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
    };
    const target = readTarget(request);
    const body = await readBody(request, BODY_LIMIT);
    const match = target && find(target.method, target.encodedPath);
    const preflight = target && crossOrigin.preflight(target.method, target.headers);
    const answer = await answerTo();
    const origin = preflight ? undefined : request.headers.origin;
    const headers = { ...answer.headers, ...crossOrigin.headers(origin), "apigw-requestid": requestId };
    send(response, { ...answer, headers });
    served({
      requestId,
      routeKey: match?.route.key ?? "-",
      function: match?.route.function,
      method: request.method ?? "",
      status: response.statusCode,
      bytes: answer.body.length,
      latencyMs: performance.now() - began,
      timeEpoch: context.timeEpoch,
      invocation: answer.invocation,
    });

    async function answerTo(): Promise<Answer> {
      if (!target) return gatewayAnswer(400, "Bad Request");
      if (!body) return TOO_LARGE;
      if (preflight) return { ...NO_ANSWER, headers: preflight };
      if (!match) return gatewayAnswer(404, "Not Found");
      if (!passes(match.route.key, match.route.limits)) return gatewayAnswer(429, "Too Many Requests");
      return callFunction(target, match.route, match.parameters, body, context);
    }
  };

  async function callFunction(
    target: Target,
    route: RouteConfig,
    parameters: Record<string, string>,
    body: Buffer,
    context: Context,
  ): Promise<Answer> {
    const event = commonEvent(target, { route, parameters }, context);
    const verdict = route.authorizer && (await authorize(route.authorizer, event));
    if (verdict === "unidentified") return gatewayAnswer(401, "Unauthorized");
    if (route.authorizer && !verdict) return FAILED;
    if (verdict && !verdict.isAuthorized) return gatewayAnswer(403, "Forbidden");
    const result = await within(
      route.timeoutMs,
      invoke(route.function, functionEvent(event, body, verdict?.context)),
    );
    if (!result) return gatewayAnswer(503, "Service Unavailable");
    const { headers, ...answer } = functionAnswer(result);
    const kept = Object.entries(headers).filter(
      ([name]) => !(HOP_BY_HOP.has(name) || crossOrigin.drops(name)),
    );
    return { ...answer, headers: Object.fromEntries(kept), invocation: result.invocation };
  }
}

const HOP_BY_HOP = new Set(["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"]);

function send(response: ServerResponse, { status, headers, cookies, body }: Answer): void {
  const length = status === 204 || status === 304 ? {} : { "content-length": body.length };
  const setCookie = cookies.length > 0 ? { "set-cookie": cookies } : {};
  try {
    response.writeHead(status, { ...headers, ...setCookie, ...length }).end(body);
  } catch {
    // A header that can't be sent: the answer is invalid.
    response
      .writeHead(FAILED.status, { ...FAILED.headers, "content-length": FAILED.body.length })
      .end(FAILED.body);
  }
}

/** What `work` answers, or undefined after `ms`; the work itself goes on, as a function's does on AWS. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
