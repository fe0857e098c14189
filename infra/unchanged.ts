/** Whether an assembly is still what its sources give: synthesising, with all its checks, takes seconds. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What shapes a template or a bundle. The local run only reads them. */
const sources = ["functions", "infra", "shared", "cdk.json", "package-lock.json"];
const onlyReads = /^infra\/local\//;

/** A hash of all that an assembly of a stage is made from. */
export function inputsOf(root: string, stage: string): string {
  const files = sources.flatMap((source) => {
    if (source.includes(".")) return [source];
    return readdirSync(join(root, source), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) =>
        join(parentPath, name)
          .slice(root.length + 1)
          .replaceAll("\\", "/"),
      );
  });
  const made = files.filter((file) => !onlyReads.test(file)).sort();
  const hashes = made.map((file) => `${file} ${hash(readFileSync(join(root, file)))}`);
  return hash([process.version, stage, ...hashes].join("\n"));
}

/** Notes beside an assembly what it was made from. */
export function remember(root: string, assembly: string, inputs: string): void {
  writeFileSync(join(assembly, record), JSON.stringify({ inputs, outputs: outputsOf(root, assembly) }));
}

/** Whether the assembly was made from these inputs, and neither it nor the bundles have been touched since. */
export function isUnchanged(root: string, assembly: string, inputs: string): boolean {
  const file = join(assembly, record);
  if (!existsSync(file)) return false;
  try {
    const was = JSON.parse(readFileSync(file, "utf8"));
    return was.inputs === inputs && was.outputs === outputsOf(root, assembly);
  } catch {
    return false;
  }
}

const record = "made-from.json";

/** A hash of the assembly's own files, of which of its assets are there, and of what the bundles were made from. */
function outputsOf(root: string, assembly: string): string {
  const bundles = join(root, ".build/inputs.json");
  const own = readdirSync(assembly).filter((name) => name.endsWith(".json") && name !== record);
  const used = own.map((name) => readFileSync(join(assembly, name), "utf8"));
  const assets = [...used.join().matchAll(/asset\.[0-9a-f]{64}/g)].map(([name]) => name);
  const there = [...new Set(assets)].map((name) => `${name} ${existsSync(join(assembly, name))}`);
  return hash([...used, ...there, existsSync(bundles) ? readFileSync(bundles, "utf8") : ""].join("\n"));
}

const hash = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
