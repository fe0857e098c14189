import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFolder } from "../../infra/bundle.ts";
import { openTable } from "../../shared/table/client.ts";
import { type ColdStart, openStarter } from "./cold-start.ts";
import { type Row, rowsOn } from "./requests.ts";
import { openServices } from "./services.ts";

/** A function that does nothing: what a cold start costs without us. */
export const empty = "an empty handler";

export interface Stage {
  /** The empty handler, and every endpoint with a request that it carries out. */
  readonly rows: readonly Pick<Row, "name" | "key">[];
  /** Starts the function of a row: as it is built here, or in another folder. By `twice` it is asked once more. */
  start(name: string, how?: { readonly folder?: string; readonly twice?: boolean }): Promise<ColdStart>;
  /** Whether SES was sent something since it was last asked for. */
  mailed(): boolean;
  close(): Promise<void>;
}

/** A table in an engine, SES and Stripe, and functions to be started cold before them. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-cold-"));
  mkdirSync(join(folder, "empty"));
  writeFileSync(
    join(folder, "empty/index.cjs"),
    'exports.handler = async () => ({ statusCode: 200, body: "{}" });',
  );
  const services = await openServices();
  Object.assign(process.env, services.env);
  const starter = await openStarter();
  const made = rowsOn(openTable(services.env.TABLE_NAME), services.stripe);
  const rows = new Map(made.map((row) => [row.name, row]));
  return {
    rows: [{ name: empty, key: "empty" }, ...made],
    async start(name, { folder: other, twice = false } = {}) {
      const row = rows.get(name);
      const code = row ? (other ?? bundleFolder(row.key)) : join(folder, "empty");
      const event = async () => (await row?.event()) ?? {};
      return starter.start(code, services.env, twice ? [await event(), await event()] : [await event()]);
    },
    mailed: services.mailed,
    async close() {
      await starter.close();
      await services.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
