/**
 * Idempotency keys as Stripe documents them for POST requests: whatever answer execution ended with, errors and 500s
 * included, is kept for 24 hours and given again to the same request; another request with the key is an error.
 */
import { Problem } from "./problem.ts";
import type { Change } from "./store.ts";
import type { Saved } from "./stored.ts";

const KEPT = 24 * 3_600;
const LONGEST = 255;

const type = "idempotency_error";

/** What was answered to this key; refuses it to another request. */
export function replay(
  change: Change,
  key: string,
  { route, request, now }: { readonly route: string; readonly request: string; readonly now: number },
): Saved | undefined {
  if (key.length > LONGEST)
    throw new Problem(400, { type, message: `An idempotency key has ${LONGEST} characters at most.` });
  const saved = change.get("idempotency", key);
  if (!saved || saved.at <= now - KEPT) return undefined;
  if (saved.request === request && saved.route === route) return saved;
  const what = saved.route === route ? "the same parameters" : `the same endpoint (${saved.route})`;
  throw new Problem(400, {
    type,
    message: `Keys for idempotent requests can only be used with ${what} they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

export function inProgress(key: string): Problem {
  return new Problem(409, {
    ...{ type, code: "idempotency_key_in_use" },
    message: `There is currently another in-progress request using this Idempotency Key (that probably means you submitted twice, and the other request is still going through): ${key}.`,
  });
}
