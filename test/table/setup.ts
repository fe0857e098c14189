import type { TestProject } from "vitest/node";
import { openEngine } from "./engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly engine: { readonly endpoint: string; readonly tableName: string };
  }
}

/** Starts one engine with the template's table in it, for all tests that need no more than that. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { endpoint, tableName, close } = await openEngine();
  project.provide("engine", { endpoint, tableName });
  return close;
}
