/** A REQUEST authorizer with simple responses, and API Gateway's cache of what it said. */
import { z } from "zod";
import type { commonEvent } from "./event.ts";
import type { AuthorizerConfig } from "./http-api.ts";
import type { Result } from "./worker.ts";

type Event = ReturnType<typeof commonEvent>;
type Invoke = (functionName: string, event: unknown) => Promise<Result>;

/** What it says; `undefined` when it fails, which is never cached. */
export type Verdict = { isAuthorized: boolean; context: Record<string, unknown> };
export type Authorization = "unidentified" | Verdict | undefined;

const Answer = z.object({
  isAuthorized: z.boolean(),
  context: z.record(z.string(), z.unknown()).default({}),
});
const CACHE_LIMIT = 10_000;

export function authorizer(invoke: Invoke, routeArn: (routeKey: string) => string, now: () => number) {
  const cache = new Map<string, { verdict: Verdict; until: number }>();

  return async (config: AuthorizerConfig, event: Event): Promise<Authorization> => {
    const identity = config.identitySource.map((source) => identityOf(source, event));
    if (identity.some((part) => !part)) return "unidentified";
    const key = JSON.stringify([config.id, identity]);
    const cached = cache.get(key);
    if (cached && cached.until > now()) return cached.verdict;
    cache.delete(key);
    const { payload, failed } = await invoke(config.function, {
      ...event,
      type: "REQUEST",
      routeArn: routeArn(event.routeKey),
      identitySource: identity,
    });
    const answer = Answer.safeParse(failed ? undefined : JSON.parse(payload));
    if (!answer.success) return undefined;
    if (config.ttlMs > 0) cache.set(key, { verdict: answer.data, until: now() + config.ttlMs });
    const [oldest] = cache.keys();
    if (cache.size > CACHE_LIMIT && oldest) cache.delete(oldest);
    return answer.data;
  };
}

/** The value of an identity source, such as `$request.header.Authorization`. */
function identityOf(source: string, event: Event): string | undefined {
  const [, from, name = ""] = /^\$(request\.header|request\.querystring|context)\.(.+)$/.exec(source) ?? [];
  const headers: Record<string, string> = event.headers;
  if (from === "request.header") return headers[name.toLowerCase()];
  if (from === "request.querystring") return event.queryStringParameters?.[name];
  if (source === "$context.routeKey") return event.routeKey;
  throw new Error(`The local run doesn't know the identity source ${source}.`);
}
