/** Where lines go: every function's into its own file in the state folder, errors to the console as well. */
import { createWriteStream, type WriteStream } from "node:fs";
import type { State } from "./state.ts";

export type Line = { source: string; text: string; error: boolean };

export type Logs = {
  write(line: Line): void;
  /** Calls back with each line of this run; answers how to stop that. */
  follow(listener: (line: Line) => void): () => void;
  close(): Promise<void>;
};

export function openLogs(state: State, now: () => number): Logs {
  const files = new Map<string, WriteStream>();
  const listeners = new Set<(line: Line) => void>();
  const file = (source: string) => {
    const open = files.get(source);
    if (open) return open;
    const stream = createWriteStream(state.path("logs", `${source}.log`), { flags: "a" });
    stream.on("error", () => {});
    files.set(source, stream);
    return stream;
  };
  return {
    write(line) {
      file(line.source).write(`${new Date(now()).toISOString()} ${line.text}\n`);
      for (const listener of listeners) listener(line);
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await Promise.all([...files.values()].map((stream) => new Promise((done) => stream.end(done))));
    },
  };
}
