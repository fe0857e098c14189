import * as z from "zod/mini";
import { anyone } from "../shared/endpoint/caller.ts";
import { endpoint } from "../shared/endpoint/endpoint.ts";
import { lambda } from "../shared/endpoint/lambda.ts";
import { openApiDocument } from "../shared/endpoint/openapi-file.ts";
import { lazily } from "../shared/endpoint/wire/lazily.ts";

/** Describes the whole API as an OpenAPI 3.1 document, made from the registry by the build. */
export const getOpenApi = endpoint(
  {
    route: "GET /openapi.json",
    caller: anyone,
    returns: { 200: lazily(() => z.record(z.string(), z.unknown())) },
    fails: [],
    uses: { openApiDocument },
  },
  async ({ uses }) => ({ status: 200, body: await uses.openApiDocument() }),
);

export const handler = lambda(getOpenApi);
