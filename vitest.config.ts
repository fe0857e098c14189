import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

/** Two workers at most; the projects that need a stack or an engine share one for the whole run. */
const project = (name: string, globalSetup: string[] = [], more: TestProjectInlineConfiguration = {}) => ({
  ...more,
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], globalSetup },
});

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Nobody waits in a simulation. */
const noWaiting = path("test/simulation/no-waiting.ts");

// Tests start some 150 runs in processes of their own, half of whose start is compiling what the others have compiled.
process.env.NODE_COMPILE_CACHE ??= path(".build/compile-cache");

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    // Files share a process and its modules, as requests share a function's: loading them anew took a third of the time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    silent: "passed-only",
    projects: [
      project("domain"),
      project("email"),
      project("simulation", [], { resolve: { alias: { "node:timers/promises": noWaiting } } }),
      project("endpoint"),
      project("infra"),
      project("local"),
      project("table", ["test/table/setup.ts"]),
      project("api", ["test/api/setup.ts"]),
    ],
  },
});
