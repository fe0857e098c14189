/** Events, as the API shows them. */
import { page, type Routes } from "./call.ts";
import { missing } from "./problem.ts";

export const eventRoutes = {
  "GET /v1/events": {
    honours: ["type", "limit", "starting_after"],
    run({ change, params }) {
      const found = change
        .all("event")
        .filter(({ type }) => params.type === undefined || type === params.type);
      return page(found, "/v1/events", params);
    },
  },
  "GET /v1/events/{id}": {
    honours: [],
    run({ change, id }) {
      const event = change.get("event", id);
      if (!event) throw missing("event", id);
      return event;
    },
  },
} satisfies Partial<Routes>;
