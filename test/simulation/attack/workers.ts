import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Address, Found } from "./explore.ts";
import type { Figures } from "./figures.ts";

type Planted = { readonly planted?: string };
export type Task = Planted &
  (
    | { readonly do: "explore"; readonly first: number; readonly count: number; readonly seed: number }
    | { readonly do: "hunt"; readonly most: number }
    | { readonly do: "tell" | "trace" | "breaks"; readonly address: Address }
    | { readonly do: "figures" }
  );

const script = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** A process that plays schedules: apart from this one, since nothing in it is as Node.js has it. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    // Apart from our process group: Ctrl-C is for us, and we end it.
    this.#child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"], detached: true });
    if (!this.#child.stdout) throw new Error("a child has an output");
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async #ask<Value>(task: Task): Promise<Value> {
    this.#child.stdin?.write(`${JSON.stringify(task)}\n`);
    const { value: line, done } = await this.#answers.next();
    if (done) throw new Error("the process that plays schedules has ended");
    const { value, error } = JSON.parse(line);
    if (error !== undefined) throw new Error(error);
    return value;
  }

  explore(first: number, count: number, seed: number): Promise<{ ios: number; found: Found[] }> {
    return this.#ask({ do: "explore", first, count, seed });
  }

  hunt(planted: string, most: number): Promise<{ address: Address; played: number } | null> {
    return this.#ask({ do: "hunt", planted, most });
  }

  tell(address: Address, planted?: string): Promise<string> {
    return this.#ask({ do: "tell", address, ...(planted && { planted }) });
  }

  /** The invariants that a schedule breaks. */
  breaks(address: Address, planted: string): Promise<string[]> {
    return this.#ask({ do: "breaks", address, planted });
  }

  trace(address: Address): Promise<string[]> {
    return this.#ask({ do: "trace", address });
  }

  figures(): Promise<Figures> {
    return this.#ask({ do: "figures" });
  }

  end(): void {
    this.#child.kill();
  }
}

/** Two processes that play schedules, for as long as there is something to play. */
export class Workers {
  readonly #workers = [new Worker(), new Worker()] as const;

  /** Lets them do pieces of work, each the next one that is left. */
  async share<Piece, Result>(
    pieces: readonly Piece[],
    work: (worker: Worker, piece: Piece) => Promise<Result>,
  ): Promise<Result[]> {
    const results: Result[] = [];
    let next = 0;
    const run = async (worker: Worker) => {
      while (next < pieces.length) {
        const at = next;
        next += 1;
        results[at] = await work(worker, pieces[at] as Piece);
      }
    };
    await this.both(run);
    return results;
  }

  /** Lets each of them do the same. */
  both<Result>(work: (worker: Worker) => Promise<Result>): Promise<[Result, Result]> {
    return Promise.all([work(this.#workers[0]), work(this.#workers[1])]);
  }

  /** Lets one of them do it. */
  one<Result>(work: (worker: Worker) => Promise<Result>): Promise<Result> {
    return work(this.#workers[0]);
  }

  end(): void {
    for (const worker of this.#workers) worker.end();
  }
}
