import { MethodNotAllowed, RouteNotFound } from "../shared/domain/failures.ts";
import { anyone } from "../shared/endpoint/caller.ts";
import { endpoint } from "../shared/endpoint/endpoint.ts";
import { lambda } from "../shared/endpoint/lambda.ts";
import { methodsAt } from "../shared/endpoint/routes-file.ts";

/** Answers whatever no other endpoint has: a path that there is with the methods that it takes, and any other path. */
export const notFound = endpoint(
  {
    route: "$default",
    caller: anyone,
    returns: {},
    fails: [RouteNotFound, MethodNotAllowed],
    uses: { methodsAt },
  },
  async ({ params: { method, path }, uses, fail }) => {
    const allow = await uses.methodsAt(path);
    // API Gateway routes by the path as it was encoded, and hands it on decoded: what only reads like a
    // route then is none.
    if (allow.length === 0 || allow.includes(method)) throw fail(RouteNotFound);
    throw fail(MethodNotAllowed, { detail: `This path takes ${allow.join(", ")}.`, allow });
  },
);

export const handler = lambda(notFound);
