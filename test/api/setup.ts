import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";
import { assembly } from "../build.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The addresses of the local runs, one for each worker. */
    readonly stacks: string[];
  }
}

/** Starts one long-lived local run for each of the two workers, each in a process of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stacks = await Promise.all([startStack(), startStack()]);
  project.provide(
    "stacks",
    stacks.map(({ url }) => url),
  );
  return async () => void (await Promise.all(stacks.map(({ stop }) => stop())));
}

async function startStack() {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-api-"));
  const child = spawn(process.execPath, ["test/api/stack.ts", assembly, folder], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    child.once("close", () => reject(new Error("the local run of the API tests ended at its start")));
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, stop };
}
