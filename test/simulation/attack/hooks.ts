/**
 * Loads the real handlers into the simulation: with virtual timers and chance by seed in the place of Node.js' own
 * and, where a module is asked for with `?planted=NAME`, with that bug in its source. Nothing else knows of them.
 */
import { registerHooks } from "node:module";
import { type Plant, plants } from "./plants.ts";

const here = new URL("./", import.meta.url).href;
const repository = new URL("../../../", import.meta.url).href;
const standIns: Readonly<Record<string, string>> = {
  "node:crypto": `${here}seeded-crypto.ts`,
  "node:timers": `${here}virtual-timers.ts`,
  "node:timers/promises": `${here}virtual-timers.ts`,
};
/** One for all, planted or not: what they hold is the simulation's, and not the code's. */
const shared = ["time.ts", "virtual-timers.ts", "seeded-crypto.ts", "plants.ts"].map((file) => here + file);
const wantsStandIns = /\/(shared|functions|test\/table|@middy)\//;

/** A planted source; an edit that no longer fits says so, since it would plant nothing. */
export function planted({ name, edits }: Plant, path: string, source: string): string {
  return edits
    .filter(({ file }) => file === path)
    .reduce((text, { from, to }) => {
      if (text.split(from).length !== 2)
        throw new Error(`The planted bug "${name}" must find this in ${path}, once: ${from}`);
      return text.replace(from, () => to);
    }, source);
}

export function installHooks(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const standIn = standIns[specifier];
      if (standIn && wantsStandIns.test(context.parentURL ?? ""))
        return { url: standIn, format: "module-typescript", shortCircuit: true };
      const resolved = next(specifier, context);
      const query = /\?planted=.+$/.exec(context.parentURL ?? "")?.[0];
      const isOurs = resolved.url.startsWith(repository) && !resolved.url.includes("/node_modules/");
      if (!query || !isOurs || resolved.url.includes("?") || shared.includes(resolved.url)) return resolved;
      return { ...resolved, url: resolved.url + query };
    },
    load(url, context, next) {
      const loaded = next(url, context);
      const [file = "", name] = url.split("?planted=");
      const plant = name && plants.find((one) => one.name === decodeURIComponent(name));
      if (!plant || !file.startsWith(repository)) return loaded;
      const path = file.slice(repository.length);
      if (!plant.edits.some((edit) => edit.file === path)) return loaded;
      return { ...loaded, source: planted(plant, path, String(loaded.source)) };
    },
  });
}
