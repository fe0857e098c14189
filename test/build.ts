/** Builds and synthesises once for a whole test run: `node test/build.ts`, which `npm test` calls first. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../infra/bundle.ts";
import { synthesise } from "../infra/synthesise.ts";

/** The assembly that all tests share; apart from cdk.out, so that a local run beside them is left alone. */
export const assembly = join(root, ".build/test-assembly");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await synthesise({ stage: "local", output: assembly, onProgress: (line) => console.log(line) });
}
