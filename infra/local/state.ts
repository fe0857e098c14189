/** The state folder (`.local`): what a run leaves for the next one, and which processes belong to it. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { end, startTime } from "./processes.ts";

const Processes = z.array(
  z.object({ pid: z.number(), started: z.string(), what: z.string(), port: z.number().optional() }),
);
type Process = z.infer<typeof Processes>[number];

export type State = {
  /** The path of a file or folder in the state folder. */
  path(...names: string[]): string;
  read(file: string): unknown;
  /** Replaces a file as a whole: whoever is killed in the middle leaves the old one. */
  write(file: string, value: unknown): void;
  /** Notes a process of this run, and where it listens, so that the next run can end it if this one is killed. */
  started(pid: number, what: string, port?: number): void;
  ended(pid: number): void;
};

export function openState(folder: string): State {
  const path = (...names: string[]) => resolve(folder, ...names);
  mkdirSync(path("logs"), { recursive: true });
  mkdirSync(path("data"), { recursive: true });
  const processes = new Map<number, Process>();
  const state: State = {
    path,
    read(file) {
      try {
        return JSON.parse(readFileSync(path(file), "utf8"));
      } catch {
        return undefined;
      }
    },
    write(file, value) {
      const draft = path(`${file}.new`);
      mkdirSync(path(), { recursive: true });
      writeFileSync(draft, JSON.stringify(value), { mode: 0o600 });
      renameSync(draft, path(file));
    },
    started(pid, what, port) {
      const started = startTime(pid);
      if (!started) return;
      processes.set(pid, { pid, started, what, port });
      state.write("processes.json", [...processes.values()]);
    },
    ended(pid) {
      if (processes.delete(pid)) state.write("processes.json", [...processes.values()]);
    },
  };
  return state;
}

/** The port of the run that lives in this folder, which the next run ends: undefined where there is none. */
export function portOfRun(folder: string): number | undefined {
  const noted = Processes.catch([]).parse(openState(folder).read("processes.json"));
  return noted.find(({ pid, started, port }) => port !== undefined && startTime(pid) === started)?.port;
}

/** Ends whatever is left of the last run in this folder; answers what that was. */
export async function takeOver(folder: string): Promise<string[]> {
  const { read } = openState(folder);
  const left: string[] = [];
  // In the order in which they were started: the run itself first, lest it start others anew.
  for (const { pid, started, what } of Processes.catch([]).parse(read("processes.json")))
    if (pid !== process.pid && (await end(pid, started))) left.push(`${what} (process ${pid})`);
  rmSync(join(folder, "processes.json"), { force: true });
  return left;
}

/** Forgets data, clock, keys and logs. */
export function eraseState(folder: string): void {
  for (const name of ["data", "logs", "clock.json", "issuer-key.json"])
    rmSync(join(folder, name), { recursive: true, force: true });
}
