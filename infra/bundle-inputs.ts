/** What the bundles were made from: they are made anew when any of it has changed. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

export interface Inputs {
  readonly keys: readonly string[];
  readonly hashes: Readonly<Record<string, string>>;
}

/** What makes bundles, beside what is in them. */
const makers = [
  ...["beside.ts", "bundle.ts", "sdk.ts", "stripe-sdk.ts", "lambda-credentials.ts"].map(
    (file) => `infra/${file}`,
  ),
  ...["shared/billing/stripe-resources.ts", "package-lock.json"],
];

/** All that the bundles were made from, the lock file and what makes them included. */
export function inputsOf(root: string, keys: readonly string[], { inputs }: Metafile): Inputs {
  const files = [...Object.keys(inputs).filter((file) => !file.includes("node_modules")), ...makers];
  return { keys, hashes: Object.fromEntries(files.map((file) => [file, hash(join(root, file))])) };
}

export function isCurrent(root: string, keys: readonly string[], was: Inputs): boolean {
  const isSame = ([file, hashed]: [string, string]) => hash(join(root, file)) === hashed;
  const isWhole = makers.every((file) => file in was.hashes);
  return `${keys}` === `${was.keys}` && isWhole && Object.entries(was.hashes).every(isSame);
}

function hash(path: string): string {
  return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
}
