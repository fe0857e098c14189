import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Operation } from "../operation.ts";

/** The OpenAPI document that the build wrote beside the bundle of GET /openapi.json. */
export const openApiDocument = {
  name: "openApiDocument",
  needs: [],
  async run(): Promise<Record<string, unknown>> {
    const folder = process.env.LAMBDA_TASK_ROOT ?? "";
    return JSON.parse(await readFile(join(folder, "openapi.json"), "utf8"));
  },
} satisfies Operation;
