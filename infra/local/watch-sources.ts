/**
 * Tells of each file under some folders, or by itself in the root, that is written, made, replaced or deleted. Folders
 * are watched one by one: where a file is saved by renaming, as editors, `sed -i` and git do, Node.js' recursive watch
 * on Linux goes on watching the file that was replaced.
 */
import { existsSync, type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join, sep } from "node:path";

/** `names` are folders and files of the root; `notice` is told their paths from there. */
export function watchSources(root: string, names: readonly string[], notice: (file: string) => void) {
  const watchers = new Map<string, FSWatcher>();
  const isFolder = (path: string) => statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory();

  function watchFolder(folder: string): void {
    const watcher = watch(join(root, folder), (_, name) => name && changed(join(folder, name)));
    watcher.on("error", () => forget(folder));
    watchers.set(folder, watcher);
    for (const name of readdirSync(join(root, folder)))
      if (isFolder(join(folder, name))) watchFolder(join(folder, name));
  }

  function changed(path: string): void {
    if (isFolder(path)) {
      if (!watchers.has(path)) come(path);
      return;
    }
    if (!existsSync(join(root, path))) forget(path);
    notice(path);
  }

  /** A folder that came with files in it, which nothing was told of. */
  function come(folder: string): void {
    watchFolder(folder);
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }))
      if (!isFolder(join(folder, name))) notice(join(folder, name));
  }

  /** A folder that has gone, with all in it. */
  function forget(folder: string): void {
    for (const [path, watcher] of watchers) {
      if (path !== folder && !path.startsWith(folder + sep)) continue;
      watcher.close();
      watchers.delete(path);
    }
  }

  const folders = names.filter(isFolder);
  for (const folder of folders) watchFolder(folder);
  const files = new Set(names.filter((name) => !folders.includes(name)));
  watchers.set(
    "",
    watch(root, (_, name) => name && files.has(name) && notice(name)),
  );
  return {
    close(): void {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
