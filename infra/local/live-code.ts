/** After an edit, bundles the functions that it may have changed, and says which of them have come out different. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import {
  type BuildContext,
  type BuildFailure,
  type BuildOptions,
  context,
  formatMessages,
  type Metafile,
} from "esbuild";
import { bundling, root } from "../bundle.ts";

export type LiveCode = {
  /** The folders of the functions whose code has changed, by what they are bundled from. */
  changed(
    files: Iterable<string>,
    folderOf: (source: string) => string | undefined,
  ): Promise<Map<string, string>>;
  close(): Promise<void>;
};

/** Why there is no new code: for the eyes of the person who has just saved a file. */
export class BrokenCode extends Error {}

type InMemory = BuildOptions & { write: false; metafile: true };

/** Sets of functions that are kept ready to be bundled again: people save one file many times. */
const KEPT = 2;

/** `folder` is for the new code of as many edits as the run lives. */
export function liveCode(folder: string): LiveCode {
  rmSync(folder, { recursive: true, force: true });
  const filesOf = readInputs(JSON.parse(readFileSync(join(root, ".build/metafile.json"), "utf8")));
  const builds = new Map<string, Promise<BuildContext<InMemory>>>();
  /** Those whose last edit could not be bundled: the file that heals them may be one that they don't know yet. */
  const broken = new Set<string>();
  let edit = 0;

  async function bundle(sources: string[]) {
    const name = sources.join();
    const options: InMemory = { ...bundling(sources), write: false, metafile: true, logLevel: "silent" };
    const build = builds.get(name) ?? context(options);
    builds.delete(name);
    builds.set(name, build);
    const [oldest] = builds.keys();
    if (builds.size > KEPT && oldest !== undefined) {
      void builds.get(oldest)?.then((old) => old.dispose());
      builds.delete(oldest);
    }
    try {
      return await (await build).rebuild();
    } catch (error) {
      const errors = (error as Partial<BuildFailure>).errors ?? [];
      const messages = await formatMessages(errors, { kind: "error", color: process.stdout.isTTY });
      throw new BrokenCode(messages.join("") || String(error));
    }
  }

  return {
    async changed(files, folderOf) {
      const edited = new Set([...files].map((file) => relative(root, resolve(root, file))));
      const touched = [...filesOf].filter(([, inputs]) => [...edited].some((file) => inputs.has(file)));
      const sources = [...new Set([...touched.map(([source]) => source), ...broken])].sort();
      // Of a function that is no more there is nothing to bundle.
      const present = sources.filter((source) => existsSync(join(root, "functions", `${source}.ts`)));
      if (present.length === 0) return new Map();
      for (const source of present) broken.add(source);
      const { outputFiles, metafile } = await bundle(present);
      broken.clear();
      for (const [source, inputs] of readInputs(metafile)) filesOf.set(source, inputs);
      const folders = new Map<string, string>();
      edit++;
      for (const { path, contents } of outputFiles) {
        const source = sourceOf(path);
        const name = basename(path);
        const before = folders.get(source) ?? folderOf(source);
        if (before === undefined || isSame(join(before, name), contents)) continue;
        // Beside the code there may be other files, as beside that which the template names.
        const target = join(folder, String(edit), source);
        if (before !== target) cpSync(before, target, { recursive: true });
        writeFileSync(join(target, name), contents);
        folders.set(source, target);
      }
      return folders;
    },
    async close() {
      for (const build of builds.values()) await (await build).dispose();
    },
  };
}

/** The function that a file of the build belongs to. */
const sourceOf = (path: string): string =>
  relative(join(root, ".build/functions"), resolve(root, path, "..")).replaceAll("\\", "/");

const isSame = (file: string, contents: Uint8Array): boolean =>
  existsSync(file) && readFileSync(file).equals(contents);

/**
 * The files that each function is bundled from: all that its entry points import. What an output itself is said to be
 * made of lacks the files of which only constants are left.
 */
function readInputs({ inputs, outputs }: Metafile): Map<string, ReadonlySet<string>> {
  const functions = new Map<string, Set<string>>();
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (!path.endsWith(".cjs") || entryPoint === undefined) continue;
    const source = sourceOf(path);
    const reached = functions.get(source) ?? new Set();
    functions.set(source, reached);
    const waiting = [entryPoint];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      for (const { path: imported, external } of inputs[file]?.imports ?? [])
        if (!external) waiting.push(imported);
    }
  }
  return functions;
}
