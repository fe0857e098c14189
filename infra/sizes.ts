import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** The sizes of the bundles in KB, by function. */
export type Sizes = ReadonlyMap<string, number>;

/** Reads them from the metafile of a build; none where there was no build yet. */
export function sizesOf(output: string): Sizes {
  const file = join(output, "metafile.json");
  const { outputs }: Pick<Metafile, "outputs"> = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { outputs: {} };
  return new Map(
    Object.entries(outputs)
      .filter(([path]) => path.endsWith("/index.cjs"))
      .map(([path, { bytes }]) => [
        path.replace(/^.*?functions\//, "").replace(/\/index\.cjs$/, ""),
        bytes / 1_000,
      ]),
  );
}

/** A line on all of them, and one for each that became smaller or larger by more than one percent. */
export function describeSizes(sizes: Sizes, before: Sizes): string {
  const all = [...sizes.values()];
  const range = `${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)} KB`;
  const changed = [...sizes].flatMap(([key, size]) => {
    const was = before.get(key);
    const ratio = was ? size / was : 1;
    return Math.abs(ratio - 1) > 0.01 ? [`  ${key}: ${size.toFixed(0)} KB, × ${ratio.toFixed(2)}`] : [];
  });
  return [`bundled ${sizes.size} functions of ${range}`, ...changed].join("\n");
}
