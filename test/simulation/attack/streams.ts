import type { Item } from "../expressions.ts";
import type { Invocation } from "./invocations.ts";
import type { Simulation } from "./simulation.ts";

interface Change {
  readonly before: Item | undefined;
  readonly after: Item;
}

interface Consumer {
  readonly job: string;
  readonly window: number;
  readonly matches: (change: Change) => boolean;
}

const consumers: readonly Consumer[] = [
  {
    job: "publish-events",
    window: 1_000,
    matches: ({ before, after }) => !before && String(after.sk).startsWith("EVENT#"),
  },
  {
    job: "apply-licenses",
    window: 20_000,
    matches: ({ before, after }) =>
      before !== undefined &&
      after.sk === "LICENSES" &&
      String(after.gsi2pk).startsWith("DUE#LICENSES") &&
      after.gsi2sk !== undefined,
  },
];

/** The table's stream and its consumers: in batches, now and then twice, again after a failure, five times. */
export class Streams {
  readonly #simulation: Simulation;
  readonly #waiting = new Map<string, Change[]>();
  #batches = 0;
  /** Events whose batch ended in the failure queue. */
  readonly failed = new Set<unknown>();
  /** The invocation that publishes now: its client is the module's. */
  publisher: Invocation | undefined;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  tell(before: Item | undefined, after: Item | undefined): void {
    if (!after) return;
    for (const consumer of consumers)
      if (consumer.matches({ before, after })) this.#add(consumer, { before, after });
  }

  #add(consumer: Consumer, change: Change): void {
    const waiting = this.#waiting.get(consumer.job);
    if (waiting) {
      waiting.push(change);
      return;
    }
    const batch = [change];
    this.#waiting.set(consumer.job, batch);
    const { timeline } = this.#simulation;
    timeline.after(consumer.window + 100 + timeline.chance(400), () => {
      this.#waiting.delete(consumer.job);
      this.#batches += 1;
      const name = `${consumer.job} stream ${this.#batches}`;
      this.#deliver(consumer, batch, name, 1);
      if (timeline.chance(10) === 0)
        timeline.after(timeline.chance(3_000), () => this.#deliver(consumer, batch, `${name} twice`, 6));
    });
  }

  async #deliver(consumer: Consumer, batch: readonly Change[], name: string, tries: number): Promise<void> {
    const Records = batch.map(({ after }, n) => ({
      dynamodb: { SequenceNumber: `${n}`, NewImage: after },
    }));
    const called = tries > 1 && !name.endsWith("twice") ? `${name} try ${tries}` : name;
    const ended = await this.#simulation.job(called, consumer.job, { Records });
    const outcome =
      "value" in ended ? (ended.value as { batchItemFailures: { itemIdentifier: string }[] }) : undefined;
    const again = outcome
      ? batch.filter((_, n) =>
          outcome.batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === `${n}`),
        )
      : batch;
    if (again.length === 0) return;
    const { timeline } = this.#simulation;
    if (tries <= 5) timeline.after(500 * 2 ** tries, () => this.#deliver(consumer, again, name, tries + 1));
    else if (!name.endsWith("twice")) for (const { after } of again) this.failed.add(after.id);
  }
}
