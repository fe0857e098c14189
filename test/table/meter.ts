import { BatchGetCommand, GetCommand, QueryCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Table } from "../../shared/operation.ts";

interface Waiting {
  readonly command: object;
  readonly answer: (answer: Promise<unknown>) => void;
}

interface Spent {
  readonly reads: number;
  readonly writes: number;
  readonly commits: boolean;
}

type Capacity = { readonly CapacityUnits?: number };

/**
 * A table that answers in rounds: what is sent while nothing is answered makes one round, and is answered together.
 * So rounds are round trips one after the other, however long each takes. It counts what each round consumes.
 */
export class Meter implements Table {
  readonly name: string;
  readonly client: Table["client"];
  readonly rounds: Spent[][] = [];
  readonly #table: Table;
  #waiting: Waiting[] = [];
  #unanswered = 0;

  constructor(table: Table) {
    this.#table = table;
    this.name = table.name;
    const send = (command: object) =>
      new Promise<unknown>((resolve) => {
        this.#unanswered += 1;
        if (this.#waiting.push({ command, answer: resolve }) === 1) setImmediate(() => this.#carryOut());
      });
    this.client = { send } as unknown as Table["client"];
  }

  async #carryOut(): Promise<void> {
    const round = this.#waiting;
    this.#waiting = [];
    const answers = round.map(({ command }) => this.#send(command));
    const spent = await Promise.allSettled(answers.map(async (answer, n) => spentBy(round[n], await answer)));
    this.rounds.push(spent.flatMap((it) => (it.status === "fulfilled" ? [it.value] : [])));
    this.#unanswered -= round.length;
    for (const [n, { answer }] of round.entries()) answer(answers[n] as Promise<unknown>);
  }

  /** Waits until everything that is sent is answered: whatever takes longer than the table does so. */
  async isAnswered(): Promise<void> {
    while (this.#unanswered > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #send(command: object): Promise<unknown> {
    Object.assign((command as { input: object }).input, { ReturnConsumedCapacity: "TOTAL" });
    return this.#table.client.send(command as GetCommand);
  }
}

function spentBy(waiting: Waiting | undefined, answer: unknown): Spent {
  const { ConsumedCapacity = [] } = answer as { ConsumedCapacity?: Capacity | Capacity[] };
  const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  const { command } = waiting ?? {};
  const isRead = [GetCommand, BatchGetCommand, QueryCommand].some((kind) => command instanceof kind);
  return {
    reads: isRead ? units : 0,
    writes: isRead ? 0 : units,
    commits: command instanceof TransactWriteCommand,
  };
}
