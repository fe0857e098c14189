import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { Context, Operation } from "../operation.ts";

/** Something that happened, for whoever listens on the stack's event bus. */
export interface Announcement {
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Ids only: who may read the bus need not be allowed to read about people. */
  readonly detail: Readonly<Record<`${string}Id`, string>>;
}

/** EventBridge takes so many in one call. */
const callSize = 10;

/** Puts events on the stack's bus; answers, by position, which of them EventBridge refused. */
export const publishEvents = {
  name: "publishEvents",
  needs: [{ actions: ["events:PutEvents"], resource: "eventBus" }],
  async run(_context: Context, announcements: readonly Announcement[]): Promise<readonly boolean[]> {
    const calls = Array.from({ length: Math.ceil(announcements.length / callSize) }, (_, call) =>
      put(announcements.slice(call * callSize, (call + 1) * callSize)),
    );
    return (await Promise.all(calls)).flat();
  },
} satisfies Operation;

async function put(announcements: readonly Announcement[]): Promise<boolean[]> {
  const { Entries = [] } = await bus().send(new PutEventsCommand({ Entries: announcements.map(entryOf) }));
  return announcements.map((_, index) => Entries[index]?.EventId === undefined);
}

function entryOf({ type, at, detail }: Announcement): PutEventsRequestEntry {
  return {
    EventBusName: process.env.EVENT_BUS_NAME,
    Source: "tenantry",
    DetailType: type,
    Time: new Date(at),
    Detail: JSON.stringify(detail),
  };
}

let client: EventBridgeClient | undefined;

/** Made on first use and kept for warm calls; a call that hangs is given up and tried again. */
function bus(): EventBridgeClient {
  client ??= new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 },
  });
  return client;
}
