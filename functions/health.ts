import * as z from "zod/mini";
import { anyone } from "../shared/endpoint/caller.ts";
import { endpoint } from "../shared/endpoint/endpoint.ts";
import { lambda } from "../shared/endpoint/lambda.ts";
import { lazily } from "../shared/endpoint/wire/lazily.ts";

/** Says that the service answers. It touches nothing else, so that a probe costs nothing. */
export const health = endpoint(
  {
    route: "GET /health",
    caller: anyone,
    returns: { 200: lazily(() => z.strictObject({ status: z.literal("ok") })) },
    fails: [],
    uses: {},
  },
  async () => ({ status: 200, body: { status: "ok" as const } }),
);

export const handler = lambda(health);
