import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { assembly } from "../build.ts";

/** A local run in a process and a state folder of its own: a worker's, or that of tests that move days or kill it. */
export class OwnStack {
  readonly folder = mkdtempSync(join(tmpdir(), "tenantry-own-"));
  /** Its own one, where several stacks share an engine of Amazon's. */
  readonly #database = randomUUID().replaceAll("-", "");
  #child: ChildProcess | undefined;
  url = "";

  /** Starts it, or starts it again on what the last start has left. */
  async start(): Promise<this> {
    const child = spawn(process.execPath, ["test/api/stack.ts", assembly, this.folder], {
      env: { ...process.env, DYNAMODB_ACCESS_KEY: this.#database },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    this.url = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once("line", resolve);
      child.once("close", () => reject(new Error("the local run ended at its start")));
    });
    return this;
  }

  /** Ends it as an operating system short of memory does. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child?.once("close", resolve));
    this.#child?.kill("SIGKILL");
    await ended;
  }

  /** The pid of one of its processes, by what it is: "engine" or "the run". */
  pidOf(what: string): number {
    const processes: { pid: number; what: string }[] = JSON.parse(
      readFileSync(join(this.folder, "processes.json"), "utf8"),
    );
    return processes.find((process) => process.what === what)?.pid ?? 0;
  }

  async remove(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child?.once("close", resolve));
      this.#child.stdin?.end();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
