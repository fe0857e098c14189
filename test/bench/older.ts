/** The functions of an older commit, bundled in a worktree of its own. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../infra/bundle.ts";

const BUNDLE = 'import { bundle } from "./infra/bundle.ts"; await bundle();';

export interface Older {
  /** Where a function's code is; undefined where there was none of that name. */
  folderOf(key: string): string | undefined;
  remove(): void;
}

/** Bundles a commit with what is installed here. */
export function bundleOlder(ref: string): Older {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "tenantry-older-")));
  const worktree = join(folder, "tree");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, stdio: "pipe" });
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
    git("worktree", "prune");
  };
  try {
    git("worktree", "add", "--detach", worktree, ref);
    symlinkSync(join(root, "node_modules"), join(worktree, "node_modules"));
    execFileSync(process.execPath, ["--input-type=module", "--eval", BUNDLE], { cwd: worktree });
  } catch (error) {
    remove();
    throw error;
  }
  return {
    folderOf(key) {
      const code = join(worktree, ".build/functions", key);
      return existsSync(join(code, "index.cjs")) ? code : undefined;
    },
    remove,
  };
}
