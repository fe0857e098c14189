import { defineConfig } from "vitest/config";

/** Two workers at most; the projects that need a stack or an engine share one for the whole run. */
const project = (name: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], globalSetup },
});

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    silent: "passed-only",
    projects: [
      project("domain"),
      project("email"),
      project("simulation"),
      project("endpoint"),
      project("infra"),
      project("local"),
      project("table", ["test/table/setup.ts"]),
      project("api", ["test/api/setup.ts"]),
    ],
  },
});
