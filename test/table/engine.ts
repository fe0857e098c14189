import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { readAssembly } from "../../infra/local/assembly.ts";
import { startEngine } from "../../infra/local/engine.ts";
import { engineClient } from "../../infra/local/engine-client.ts";
import { openLogs } from "../../infra/local/logs.ts";
import { openState } from "../../infra/local/state.ts";
import { createTables } from "../../infra/local/tables.ts";
import { readStack } from "../../infra/local/template.ts";
import { assembly } from "../build.ts";

/** Whether the engine counts units as AWS does: Amazon's on a laptop counts none for checks, misses and empty pages. */
export const countsUnits = !process.env.DYNAMODB_ENDPOINT;

export interface TableEngine {
  readonly endpoint: string;
  readonly tableName: string;
  close(): Promise<void>;
}

/**
 * An engine with the template's table in it: the embedded one, with what a database holds where one is given, or the
 * one that DYNAMODB_ENDPOINT names.
 */
export async function openEngine(database?: string): Promise<TableEngine> {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-table-"));
  const state = openState(folder);
  const logs = openLogs(state, Date.now);
  if (database) renameSync(database, state.path("data", "engine.db"));
  const engine = await startEngine(state, logs, process.env.DYNAMODB_ENDPOINT);
  const endpoint = await engine.url();
  const [tableName = ""] = await createTables(readStack(readAssembly(assembly)), endpoint);
  // Nobody here reads the stream, and the embedded engine writes the slower the longer it is.
  const client = engineClient(endpoint, "us-east-1");
  const StreamSpecification = { StreamEnabled: false };
  await client.send(new UpdateTableCommand({ TableName: tableName, StreamSpecification }));
  client.destroy();
  return {
    endpoint,
    tableName,
    async close() {
      await engine.stop();
      await logs.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the SDK's client reads from a function's environment. */
export const clientEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
});
