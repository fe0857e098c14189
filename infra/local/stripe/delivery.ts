/** The deliveries of an event to whoever listens, each of which waits for its time. */

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
}

/** The longest that a first attempt lets wait. */
const LATEST_MS = 1_500;

/** `now` in seconds. */
export function deliveriesOf(event: string, copies: number, now: number): Delivery[] {
  return Array.from({ length: copies }, (_, copy) => ({
    ...{ id: `${event} ${copy}`, event, attempt: 0 },
    dueAt: now * 1000 + Math.floor(Math.random() * LATEST_MS),
  }));
}
