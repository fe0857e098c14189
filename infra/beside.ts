import { basename, join } from "node:path";
import type { Plugin } from "esbuild";
import { endpoints, jobs } from "../functions/index.ts";
import { operationsOf } from "../shared/endpoint/endpoint.ts";
import { resourcesOf, settingsOf } from "./policy.ts";

/**
 * What is heavy and not needed by every call, and what for: a resource, a setting, an operation or a kind of body.
 * It is got by
 * `import()` when that is wanted, from a file of its own beside the bundle of every function that may want it.
 */
const besides: Readonly<Record<string, string>> = {
  "shared/billing/stripe.ts": "stripeSecret",
  "shared/billing/work-off.ts": "applyLicenses",
  "shared/sealing/jwe.ts": "companyUsers",
  "shared/endpoint/dialects/saxes.ts": "application/xml",
};

/** The files that a function's code consists of, by what each is made from. */
export function entryPointsOf(key: string): Record<string, string> {
  const specification = endpoints[key]?.specification;
  const operations = (specification ? operationsOf(specification) : jobs[key]?.specification.uses) ?? {};
  const names = Object.values(operations).map(({ name }) => name);
  const bodies = (specification?.body && specification.dialect?.mediaTypes) ?? [];
  const wanted = new Set<string>([
    ...resourcesOf(operations),
    ...settingsOf(operations),
    ...names,
    ...bodies,
  ]);
  const own = Object.keys(besides).filter((file) => wanted.has(besides[file] ?? ""));
  return Object.fromEntries([
    [`${key}/index`, `functions/${key}.ts`],
    ...own.map((file) => [`${key}/${nameOf(file)}`, file]),
  ]);
}

/** Leaves out of a bundle what is beside it. */
export function filesBeside(root: string): Plugin {
  const files = Object.keys(besides);
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
