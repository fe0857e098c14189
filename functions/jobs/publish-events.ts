import type { Announcement } from "../../shared/bus/publish-events.ts";
import { publishEvents } from "../../shared/bus/publish-events.ts";
import { type Change, job } from "../../shared/endpoint/job.ts";
import { lambda } from "../../shared/endpoint/job-lambda.ts";
import type { EventItem } from "../../shared/table/events.ts";
import type { Key } from "../../shared/table/schema.ts";

/** Puts every audit event on the stack's event bus, at least once; its `eventId` tells repetitions. */
export const publishAuditEvents = job(
  {
    stream: {
      filters: [{ eventName: ["INSERT"], dynamodb: { Keys: { sk: { S: [{ prefix: "EVENT#" }] } } } }],
      batchSize: 100,
      batchingWindow: 1,
      retries: 5,
    },
    uses: { publishEvents },
  },
  async ({ changes, uses }) => {
    const refused = await uses.publishEvents(changes.map(announcementOf));
    return changes.filter((_, index) => refused[index]);
  },
);

function announcementOf({ after }: Change): Announcement {
  const { pk, id, type, at, actorUserId, subjectId } = after as unknown as EventItem & Key;
  const [kind, ownerId = ""] = pk.split("#");
  const owner = kind === "BUSINESS" ? { businessId: ownerId } : { userId: ownerId };
  return { type, at, detail: { eventId: id, ...owner, ...(actorUserId && { actorUserId }), subjectId } };
}

export const handler = lambda(publishAuditEvents);
