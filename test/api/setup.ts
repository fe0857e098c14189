import type { TestProject } from "vitest/node";
import { OwnStack } from "./own-stack.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The local runs, one for each worker: their addresses and state folders. */
    readonly stacks: { readonly url: string; readonly folder: string }[];
  }
}

/** Starts one long-lived local run for each of the two workers, each in a process of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stacks = await Promise.all([new OwnStack().start(), new OwnStack().start()]);
  project.provide(
    "stacks",
    stacks.map(({ url, folder }) => ({ url, folder })),
  );
  return async () => void (await Promise.all(stacks.map((stack) => stack.remove())));
}
