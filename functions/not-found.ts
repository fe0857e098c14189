import { RouteNotFound } from "../shared/domain/failures.ts";
import { anyone } from "../shared/endpoint/caller.ts";
import { endpoint } from "../shared/endpoint/endpoint.ts";
import { lambda } from "../shared/endpoint/lambda.ts";

/** Answers every route that no other endpoint has. */
export const notFound = endpoint(
  { route: "$default", caller: anyone, returns: {}, fails: [RouteNotFound], uses: {} },
  async ({ fail }) => {
    throw fail(RouteNotFound);
  },
);

export const handler = lambda(notFound);
