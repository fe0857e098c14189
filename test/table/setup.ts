import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { readAssembly } from "../../infra/local/assembly.ts";
import { startEngine } from "../../infra/local/engine.ts";
import { openLogs } from "../../infra/local/logs.ts";
import { openState } from "../../infra/local/state.ts";
import { createTables } from "../../infra/local/tables.ts";
import { readStack } from "../../infra/local/template.ts";
import { assembly } from "../build.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly engine: { readonly endpoint: string; readonly tableName: string };
  }
}

/** Starts one engine with the template's table in it, for all tests that need no more than that. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-table-"));
  const state = openState(folder);
  const logs = openLogs(state, Date.now);
  const engine = await startEngine(state, logs, process.env.DYNAMODB_ENDPOINT);
  const endpoint = await engine.url();
  const [tableName = ""] = await createTables(readStack(readAssembly(assembly)), endpoint);
  project.provide("engine", { endpoint, tableName });
  return async () => {
    await engine.stop();
    await logs.close();
    rmSync(folder, { recursive: true, force: true });
  };
}
