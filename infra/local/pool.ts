/** What the functions of a run share, so that its memory is bounded however many there are. */
import { availableParallelism } from "node:os";
import type { Worker } from "./worker.ts";

export type Pool = {
  idleMs: number;
  /** Where as many processes live, one that idles ends before another starts. */
  maxProcesses: number;
  all: Set<Worker>;
  /** So many at most come up at once: more would only slow each other down. Who waits may be served by one of them. */
  maxStarting: number;
  starting: Set<Worker>;
  /** The functions that want to start one. */
  wanting: Set<() => void>;
  /** How to end each idle one; the least recently used first. */
  idle: Map<Worker, () => void>;
};

export const openPool = (idleMs: number, maxProcesses: number): Pool => ({
  idleMs,
  maxProcesses,
  all: new Set(),
  maxStarting: 2 * availableParallelism(),
  starting: new Set(),
  wanting: new Set(),
  idle: new Map(),
});
