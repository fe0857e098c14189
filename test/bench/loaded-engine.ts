import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { findBinary } from "../../infra/local/engine.ts";
import { engineClient } from "../../infra/local/engine-client.ts";
import type { Key } from "../../shared/table/schema.ts";
import { openEngine, type TableEngine } from "../table/engine.ts";

/** The embedded engine with millions of items in its table: imported as an export of DynamoDB's, past its API. */
export async function openLoaded(items: Iterable<Key>): Promise<TableEngine> {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-load-"));
  try {
    const Table = await describeTable();
    const data = join(folder, "export", Table.TableName ?? "", "data");
    mkdirSync(data, { recursive: true });
    writeFileSync(join(folder, "schema.json"), JSON.stringify({ Table }));
    await pipeline(
      Readable.from(linesOf(items)),
      createGzip({ level: 1 }),
      createWriteStream(join(data, "items.json.gz")),
    );
    const database = join(folder, "engine.db");
    const source = ["--source", join(folder, "export"), "--schema", join(folder, "schema.json")];
    await run(findBinary(), ["import", ...source, "--output", database]);
    return await openEngine(database);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function describeTable() {
  const { endpoint, tableName, close } = await openEngine();
  const client = engineClient(endpoint, "us-east-1");
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (!Table) throw new Error(`The engine has no table ${tableName}`);
    return Table;
  } finally {
    client.destroy();
    await close();
  }
}

/** In pieces of some hundred items: one by one they would take twice as long. */
function* linesOf(items: Iterable<Key>): Generator<string> {
  let lines = "";
  for (const item of items) {
    lines += `${JSON.stringify({ Item: marshall(item, { removeUndefinedValues: true }) })}\n`;
    if (lines.length < 250_000) continue;
    yield lines;
    lines = "";
  }
  yield lines;
}

async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  const said: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`The engine could not import the items.\n${Buffer.concat(said)}`);
}
