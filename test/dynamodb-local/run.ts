/** `npm run test:dynamodb-local`: the tests of the table and of the API on Amazon's own engine. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../../infra/bundle.ts";
import { synthesise } from "../../infra/synthesise.ts";
import { assembly } from "../build.ts";
import { startDynamoDbLocal } from "./engine.ts";

const HELP = `npm run test:dynamodb-local [-- <vitest's options>]     Table and API tests on Amazon's DynamoDB Local

Needs Java 17 or later. The first time, it installs DynamoDB Local (50 MB) into .build/dynamodb-local.`;

async function main(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  await synthesise({ stage: "local", output: assembly });
  const engine = await startDynamoDbLocal();
  console.log(`DynamoDB Local listens on ${engine.endpoint}`);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const projects = ["--project", "table", "--project", "api"];
  // It is several times slower than the embedded engine.
  const patience = ["--testTimeout=180000", "--hookTimeout=180000"];
  // Ctrl-C reaches vitest too, which ends by itself; the engine ends after it.
  process.on("SIGINT", () => {});
  try {
    const child = spawn(process.execPath, [vitest, "run", ...projects, ...patience, ...args], {
      stdio: "inherit",
      env: { ...process.env, DYNAMODB_ENDPOINT: engine.endpoint },
    });
    return await new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  } finally {
    await engine.stop();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
