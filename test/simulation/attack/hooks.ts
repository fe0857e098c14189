/**
 * Loads the real handlers into the simulation: with virtual timers and chance by seed in the place of Node.js' own
 * and, where a module is asked for with `?planted=NAME`, with that bug in its source. Nothing else knows of them.
 */
import { registerHooks } from "node:module";
import { type Edit, plants } from "./plants.ts";

const here = new URL("./", import.meta.url).href;
const repository = new URL("../../../", import.meta.url).href;
const standIns: Readonly<Record<string, string>> = {
  "node:crypto": `${here}seeded-crypto.ts`,
  "node:timers": `${here}virtual-timers.ts`,
  "node:timers/promises": `${here}virtual-timers.ts`,
  "@aws-sdk/util-dynamodb": `${here}unmarshalled.ts`,
};
const wantsStandIns = /\/(shared\/|functions\/|test\/table\/|test\/simulation\/[\w-]+\.ts|@middy\/)/;
/** The index of what is due has a shard for our one business, and an empty one: six more would only be asked for nothing. */
const scale: readonly Edit[] = [
  { file: "shared/table/due.ts", from: "export const shards = 8;", to: "export const shards = 2;" },
];
/** Which modules import a module: known of all of them before anything is planted. */
const importers = new Map<string, Set<string>>();

/** A source with edits of it made; one that no longer fits says so, since it would plant nothing. */
export function edited(edits: readonly Edit[], path: string, source: string): string {
  return edits
    .filter(({ file }) => file === path)
    .reduce((text, { from, to }) => {
      if (text.split(from).length !== 2) throw new Error(`An edit must find this in ${path}, once: ${from}`);
      return text.replace(from, () => to);
    }, source);
}

/** The modules that a planted bug is in, and all that import them: the others are loaded once for all. */
function touched(planted: string): Set<string> {
  const edits = plants.find(({ name }) => name === planted)?.edits ?? [];
  const urls = new Set(edits.map(({ file }) => repository + file));
  for (const url of urls) for (const importer of importers.get(url) ?? []) urls.add(importer);
  return urls;
}

export function installHooks(): void {
  const touchedBy = new Map<string, Set<string>>();
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = "" } = context;
      const standIn = wantsStandIns.test(parentURL) ? standIns[specifier] : undefined;
      if (standIn) return { url: standIn, format: "module-typescript", shortCircuit: true };
      const resolved = next(specifier, context);
      const [parent = "", planted] = parentURL.split("?planted=");
      if (!planted) {
        const known = importers.get(resolved.url) ?? new Set();
        importers.set(resolved.url, known.add(parent));
        return resolved;
      }
      const name = decodeURIComponent(planted);
      const urls = touchedBy.get(name) ?? touched(name);
      touchedBy.set(name, urls);
      return urls.has(resolved.url) ? { ...resolved, url: `${resolved.url}?planted=${planted}` } : resolved;
    },
    load(url, context, next) {
      const [file = "", planted = ""] = url.split("?planted=");
      const loaded = next(url, context);
      if (!file.startsWith(repository)) return loaded;
      const path = file.slice(repository.length);
      const plant = plants.find(({ name }) => name === decodeURIComponent(planted));
      const edits = [...scale, ...(plant?.edits ?? [])].filter((edit) => edit.file === path);
      return edits.length > 0 ? { ...loaded, source: edited(edits, path, String(loaded.source)) } : loaded;
    },
  });
}
