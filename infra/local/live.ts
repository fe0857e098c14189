/**
 * Live edits: whatever is saved, the functions that it changes run the new code at the next request; after that the
 * stack is synthesised anew, and its template replaces the one that runs. What is broken is shown, and changes nothing.
 */
import { join } from "node:path";
import { root } from "../bundle.ts";
import { synthesise } from "../synthesise.ts";
import { BrokenCode, liveCode } from "./live-code.ts";
import type { LocalRun } from "./run.ts";
import { watchSources } from "./watch-sources.ts";

const WATCHED = ["functions", "shared", "infra", "cdk.json", "package-lock.json"];
/** Editors write a file in several steps. */
const SETTLE_MS = 20;
/** A synthesis takes seconds: it waits for the end of a burst of edits. */
const QUIET_MS = 700;

export type Live = { close(): Promise<void> };

export function goLive(local: LocalRun, say: (line: string) => void): Live {
  const code = liveCode(join(local.stateDir, "code"));
  const edited = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let building = Promise.resolve();
  let synthesis = new AbortController();
  let release = () => {};

  /** From the first sign of an edit until its code is in place, requests wait. */
  function notice(file: string): void {
    synthesis.abort();
    edited.add(file);
    if (timer === undefined)
      local.holdFor(
        new Promise<void>((resolve) => {
          release = resolve;
        }),
      );
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      building = building.then(rebuild).catch(explain).finally(release);
    }, SETTLE_MS);
  }

  async function rebuild(): Promise<void> {
    synthesis.abort();
    synthesis = new AbortController();
    const files = [...edited];
    edited.clear();
    const began = performance.now();
    const folders = await code.changed(files, (source) => local.deployed().folderOf(source));
    local.deployed().updateCode(folders);
    if (folders.size > 0)
      say(`live after ${Math.round(performance.now() - began)} ms: ${[...folders.keys()].join(", ")}`);
    const { signal } = synthesis;
    setTimeout(() => void replaceTemplate(signal), QUIET_MS).unref();
  }

  function explain(error: Error): void {
    if (error instanceof BrokenCode)
      say(`the edit can't be bundled; the last good code goes on serving\n${error.message}`);
    else say(`the edit is not live: ${error.stack}`);
  }

  async function replaceTemplate(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      const { assembly } = await synthesise({ signal });
      if (signal.aborted) return;
      await local.redeploy(assembly);
      say(`the stack is synthesised anew: ${local.deployed().api?.routes.length ?? 0} routes`);
    } catch (error) {
      if (!signal.aborted)
        say(
          `the edit can't be synthesised; the last good stack goes on serving\n${(error as Error).message}`,
        );
    }
  }

  const watcher = watchSources(root, WATCHED, (file) => {
    if (/\.(ts|cjs|json)$/.test(file)) notice(file);
  });
  return {
    async close() {
      watcher.close();
      clearTimeout(timer);
      release();
      synthesis.abort();
      await building;
      await code.close();
    },
  };
}
