import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { endpoints, jobs } from "../functions/index.ts";
import { openApi } from "../shared/endpoint/openapi/document.ts";
import { entryPointsOf, filesBeside } from "./beside.ts";
import { inputsOf, isCurrent } from "./bundle-inputs.ts";
import { checkStandIns, lambdaSdk } from "./sdk.ts";
import { describeSizes, sizesOf } from "./sizes.ts";
import { checkStripeResources, stripeWithoutUnused } from "./stripe-sdk.ts";

/**
 * Bundles every function of the registry into one minified CommonJS file, `.build/functions/<key>/index.cjs`, with
 * what is heavy in a file of its own beside it, and writes beside the functions that read them the OpenAPI document and
 * the list of routes. What is unchanged since the last time is kept.
 */

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const output = join(root, ".build");

/** Every function that is deployed, by the path of its file under functions/. */
export const functionKeys = ["authorizer", ...Object.keys(endpoints), ...Object.keys(jobs)];

/** The folder that is deployed as a function's code. */
export function bundleFolder(key: string): string {
  return join(output, "functions", key);
}

/** The first sentences of a function's file: the comment above what it declares. */
export function descriptionOf(key: string): string {
  const source = readFileSync(join(root, "functions", `${key}.ts`), "utf8");
  const [, comment] = /\/\*\*\s*([^/]*?)\s*\*\/\s*export const \w+ = (?:endpoint|job)\(/.exec(source) ?? [];
  if (!comment) throw new Error(`functions/${key}.ts: say in a comment above it what it does`);
  return comment.replace(/\s*\n\s*\*\s*/g, " ");
}

/** Bundles what has changed, and says in a line or a few what it did. */
export async function bundle(): Promise<string> {
  writeBeside("get-openapi", "openapi.json", openApiDocument());
  writeBeside("not-found", "routes.json", routes());
  const record = join(output, "inputs.json");
  const isMade = functionKeys.every((key) => existsSync(join(bundleFolder(key), "index.cjs")));
  if (isMade && existsSync(record) && isCurrent(root, functionKeys, JSON.parse(readFileSync(record, "utf8"))))
    return "the functions are unchanged";
  const before = sizesOf(output);
  const { metafile } = await build({ ...bundling(functionKeys), sourcemap: "external", logLevel: "warning" });
  moveSourceMaps(metafile);
  removeLeftovers(metafile);
  checkStandIns(metafile);
  checkStripeResources(metafile);
  writeFileSync(join(output, "metafile.json"), JSON.stringify(metafile));
  writeFileSync(record, JSON.stringify(inputsOf(root, functionKeys, metafile)));
  return describeSizes(sizesOf(output), before);
}

/** How functions are bundled, for a build and for the builds after each edit of a local run. */
export function bundling(keys: readonly string[]) {
  return {
    absWorkingDir: root,
    entryPoints: Object.assign({}, ...keys.map(entryPointsOf)) as Record<string, string>,
    outdir: join(output, "functions"),
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    metafile: true,
    plugins: [filesBeside(root), sdkWithoutSideEffects, lambdaSdk(join(root, "infra")), stripeWithoutUnused],
    // An import() of node:http would evaluate all that it exports, undici included; a require() doesn't.
    supported: { "dynamic-import": false },
    legalComments: "none",
    conditions: ["module"],
    mainFields: ["module", "main"],
    alias: {
      "@aws-sdk/client-dynamodb": join(root, "infra/lambda-dynamodb.ts"),
      "@aws-sdk/lib-dynamodb": join(root, "infra/lambda-dynamodb.ts"),
      "@aws-sdk/client-ses": join(root, "infra/lambda-ses.ts"),
      "@aws-sdk/client-secrets-manager": join(root, "infra/lambda-secrets-manager.ts"),
    },
  } satisfies BuildOptions;
}

/** The SDK's packages only declare things, but not all of them say so, and esbuild keeps what may have side effects. */
const sdkWithoutSideEffects: Plugin = {
  name: "sdk-without-side-effects",
  setup({ onResolve, resolve: resolveImport }) {
    const found = new Map<string, ReturnType<typeof resolveImport>>();
    onResolve({ filter: /^@(aws-sdk|aws|smithy|middy)\// }, async ({ path, pluginData, ...options }) => {
      if (pluginData === "resolved") return undefined;
      const place = `${options.kind} ${path} ${options.resolveDir}`;
      const result = found.get(place) ?? resolveImport(path, { ...options, pluginData: "resolved" });
      found.set(place, result);
      return { ...(await result), sideEffects: false };
    });
  },
};

/** Source maps stay in the build folder: in the asset they would triple it. */
function moveSourceMaps({ outputs }: Metafile): void {
  for (const file of Object.keys(outputs).filter((path) => path.endsWith(".map"))) {
    const to = join(output, "source-maps", relative(join(output, "functions"), join(root, file)));
    mkdirSync(dirname(to), { recursive: true });
    renameSync(join(root, file), to);
  }
}

/** What was beside a function before, and is no more, must not be deployed with it. */
function removeLeftovers({ outputs }: Metafile): void {
  for (const key of functionKeys) {
    const files = readdirSync(bundleFolder(key)).filter((file) => file.endsWith(".cjs"));
    for (const file of files) {
      const path = join(bundleFolder(key), file);
      if (!outputs[relative(root, path).replaceAll("\\", "/")]) rmSync(path);
    }
  }
}

function openApiDocument(): object {
  const descriptions = Object.fromEntries(Object.keys(endpoints).map((key) => [key, descriptionOf(key)]));
  return openApi(endpoints, descriptions);
}

/** Every route but the one for all others, which tells by them what else a path takes. */
function routes(): string[] {
  const all = Object.values(endpoints).map(({ specification }) => specification.route);
  return all.filter((route) => route !== "$default");
}

function writeBeside(key: string, file: string, content: object): void {
  const folder = bundleFolder(key);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), JSON.stringify(content));
}
