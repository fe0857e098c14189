/** Answers requests as Stripe's API does: who asks, for what, whether it was asked before; only then it is done. */
import { setTimeout as pause } from "node:timers/promises";
import { apiVersion } from "../../../shared/billing/gateway.ts";
import { authorize, unrecognized } from "./admission.ts";
import { type Answering, type Moment, newId } from "./call.ts";
import type { FaultSwitch } from "./faults.ts";
import { type Form, readForm } from "./form.ts";
import type { Incoming, Outgoing } from "./http-messages.ts";
import { inProgress, replay } from "./idempotency.ts";
import { limited, Problem } from "./problem.ts";
import type { Route } from "./requests.ts";
import { type Found, find, routes } from "./routes.ts";
import type { Change, Store } from "./store.ts";
import { validate } from "./validate.ts";

export interface ApiOptions {
  readonly store: Store;
  readonly faults: FaultSwitch;
  readonly secretKey: string;
  /** The moment of a request that makes this change. */
  readonly moment: (change: Change, request: Moment["request"], declines: boolean) => Moment;
}

interface Asked extends Found {
  readonly requestId: string;
  readonly key: string | null;
  readonly form: Form;
  /** What makes it the same request as another one. */
  readonly request: string;
}

type Answered = Pick<Outgoing, "status" | "body"> & { readonly headers?: Outgoing["headers"] };

export function openApi({ store, faults, secretKey, moment }: ApiOptions) {
  const running = new Set<string>();

  /** Answers undefined where the connection is closed without a word. */
  async function answer(incoming: Incoming): Promise<Outgoing | undefined> {
    const requestId = newId("req");
    const { method, url, headers, body } = incoming;
    const [path = "", query = ""] = url.split("?");
    const found = find(method, path);
    const route = found?.route ?? `${method} ${path}`;
    const key = method === "POST" ? String(headers["idempotency-key"] ?? "") || null : null;
    if (faults.is("down", route) || faults.hits("drop", route)) return undefined;
    const answered = await refusing(async () => {
      if (faults.hits("limited", route)) throw limited("Request rate limit exceeded.");
      authorize(headers, secretKey);
      if (!found) throw unrecognized(method, path);
      const form = readForm([query, body].filter(Boolean).join("&"));
      return once({ ...found, requestId, key, form, request: JSON.stringify([path, form]) });
    });
    if (faults.hits("lose", route)) return undefined;
    return {
      ...answered,
      headers: {
        ...{ "request-id": requestId, "stripe-version": apiVersion, ...answered.headers },
        ...(key !== null && { "idempotency-key": key }),
      },
    };
  }

  async function once(asked: Asked): Promise<Answered> {
    const { key, route, request } = asked;
    if (key === null) return perform(asked);
    if (running.has(key)) throw inProgress(key);
    const saved = store.imagine((change) => {
      const { now } = moment(change, null, false);
      return replay(change, key, { route, request, now });
    });
    if (saved) {
      const headers = { "idempotent-replayed": "true", "original-request": saved.requestId };
      return { status: saved.status, body: saved.body, headers };
    }
    running.add(key);
    return perform(asked).finally(() => running.delete(key));
  }

  /** From here on, whatever is answered is what the key will always answer. */
  async function perform(asked: Asked): Promise<Answered> {
    const { route, id, form, key, requestId, request } = asked;
    const { honours, run, imagined } = routes[route] as Answering<Route>;
    const params = validate(route, structuredClone(form), honours);
    const slow = faults.slowness(route);
    if (slow > 0) await pause(slow, undefined, { ref: false });
    const write = !route.startsWith("GET ");
    const keep = (change: Change, { status, body }: Answered) => {
      const { now: at } = moment(change, null, false);
      if (key !== null) change.put("idempotency", { id: key, route, request, requestId, status, body, at });
      return { status, body };
    };
    try {
      if (write && faults.hits("failUnapplied", route)) throw failure;
      const lies = write && faults.hits("failApplied", route);
      return store.change((change) => {
        const by = { id: requestId, idempotency_key: key };
        const call = { ...moment(change, by, faults.is("decline", route)), params, id };
        const body = imagined ? store.imagine((change) => run({ ...call, change })) : run(call);
        return keep(change, lies ? refusalOf(failure) : { status: 200, body });
      });
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 429) throw error;
      return store.change((change) => keep(change, refusalOf(error)));
    }
  }

  return { answer };
}

async function refusing(answer: () => Promise<Answered>): Promise<Answered> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Problem) return refusalOf(error);
    throw error;
  }
}

const failure = new Problem(500, { type: "api_error", message: "The local Stripe failed, on purpose." });

const refusalOf = ({ status, error }: Problem): Answered => ({ status, body: { error } });
