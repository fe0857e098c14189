import type { EventType } from "../domain/events.ts";
import type { Context, Operation } from "../operation.ts";
import type { Write } from "./commit.ts";
import { newId } from "./ids.ts";
import { type Page, type PageOf, queryPage } from "./query.ts";
import { key } from "./schema.ts";

/** An audit event as stored. It holds ids and names of fields, never names or emails, so that people can be erased. */
export interface EventItem {
  readonly id: string;
  readonly type: EventType;
  readonly at: number;
  /** Absent where the system did it. */
  readonly actorUserId?: string | undefined;
  readonly subjectId: string;
  readonly fields?: readonly string[];
}

type Happened = Pick<EventItem, "type" | "actorUserId" | "subjectId" | "fields">;

/** The write that records what a transaction does to a business. */
export function businessEvent({ now }: Context, businessId: string, happened: Happened): Write {
  const id = newId("evt", now);
  return { put: key.event(businessId, id), item: { id, at: now, ...happened }, when: "missing" };
}

/** The write that records what a transaction does to a person. */
export function userEvent({ now }: Context, userId: string, happened: Happened): Write {
  const id = newId("evt", now);
  return { put: key.userEvent(userId, id), item: { id, at: now, ...happened }, when: "missing" };
}

/** A page of a business's audit trail, newest first. */
export const listEvents = {
  name: "listEvents",
  needs: [{ actions: ["dynamodb:Query"], partitions: ["BUSINESS"] }],
  async run(context: Context, businessId: string, page: Page): Promise<PageOf<EventItem>> {
    const { pk } = key.business(businessId);
    return queryPage<EventItem>(context, { pk, prefix: "EVENT#", newestFirst: true }, page);
  },
} satisfies Operation;
