import { basename, join } from "node:path";
import type { Plugin } from "esbuild";
import { endpoints, jobs } from "../functions/index.ts";
import { operationsOf } from "../shared/endpoint/endpoint.ts";
import type { ResourceName, SettingName } from "../shared/operation.ts";
import { resourcesOf, settingsOf } from "./policy.ts";

/**
 * What is heavy and not needed by every call, by the resource or setting that it is for: an operation gets it by `import()` when
 * it runs, and every function that uses the resource has it in a file of its own beside its bundle.
 */
const besides: Partial<Record<ResourceName | SettingName, string>> = {
  stripeSecret: "shared/billing/stripe.ts",
  companyUsers: "shared/sealing/jwe.ts",
};

/** The files that a function's code consists of, by what each is made from. */
export function entryPointsOf(key: string): Record<string, string> {
  const operations = endpoints[key]
    ? operationsOf(endpoints[key].specification)
    : jobs[key]?.specification.uses;
  const used = [...resourcesOf(operations ?? {}), ...settingsOf(operations ?? {})];
  const own = used.flatMap((name) => besides[name] ?? []);
  return Object.fromEntries([
    [`${key}/index`, `functions/${key}.ts`],
    ...own.map((file) => [`${key}/${nameOf(file)}`, file]),
  ]);
}

/** Leaves out of a bundle what is beside it. */
export function filesBeside(root: string): Plugin {
  const files = Object.values(besides);
  return {
    name: "files-beside",
    setup({ onResolve }) {
      const filter = new RegExp(`/(?:${files.map(nameOf).join("|")})\\.ts$`);
      onResolve({ filter }, ({ kind, path, resolveDir }) => {
        const file = files.find((each) => join(root, each) === join(resolveDir, path));
        if (!file || kind !== "dynamic-import") return undefined;
        return { path: `./${nameOf(file)}.cjs`, external: true };
      });
    },
  };
}

const nameOf = (file: string) => basename(file, ".ts");
