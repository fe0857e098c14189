import * as z from "zod/mini";
import { may } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { Timestamp, timestamp } from "../../shared/endpoint/wire/fields.ts";
import { lazily, listOf } from "../../shared/endpoint/wire/lazily.ts";
import { listEvents } from "../../shared/table/events.ts";

const EventResponse = lazily(() =>
  z.strictObject({
    id: z.string(),
    type: z.string(),
    createdAt: Timestamp(),
    actorUserId: z.nullable(z.string()),
    subjectId: z.string(),
    fields: z.array(z.string()),
  }),
);

/** Lists the current business's audit trail, newest first: who changed what, and when. */
export const listBusinessEvents = endpoint(
  {
    route: "GET /businesses/me/events",
    caller: may("events.read"),
    paged: true,
    returns: { 200: listOf(EventResponse) },
    fails: [],
    uses: { listEvents },
  },
  async ({ caller, page, uses }) => {
    const { items, after } = await uses.listEvents(caller.businessId, page);
    const body = items.map(({ id, type, at, actorUserId, subjectId, fields = [] }) => ({
      id,
      type,
      createdAt: timestamp(at),
      actorUserId: actorUserId ?? null,
      subjectId,
      fields: [...fields],
    }));
    return { status: 200, body, after };
  },
);

export const handler = lambda(listBusinessEvents);
