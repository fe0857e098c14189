/** The template's SQS queues, as far as a run needs them: they keep what could not be handled, for a person to see. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "./clock.ts";
import type { State } from "./state.ts";

const Messages = z.record(
  z.string(),
  z.array(z.object({ messageId: z.string(), sentAt: z.string(), body: z.unknown() })),
);

export type Queues = {
  /** Puts a message into the queue of this name. */
  send(queue: string, body: unknown): void;
  /** All messages, by queue; the oldest first. */
  all(): z.infer<typeof Messages>;
};

const FILE = "data/queues.json";
/** The oldest go first: nobody reads more of them. */
const KEPT = 1_000;

export function openQueues(state: State, clock: Clock): Queues {
  const queues = Messages.catch({}).parse(state.read(FILE));
  return {
    send(queue, body) {
      const sentAt = new Date(clock.now()).toISOString();
      queues[queue] = [...(queues[queue] ?? []), { messageId: randomUUID(), sentAt, body }].slice(-KEPT);
      state.write(FILE, queues);
    },
    all: () => queues,
  };
}
