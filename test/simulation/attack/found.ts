import type { Schedule } from "./schedule.ts";

/** Schedules that have found something, by what it was; they are played as `found:0` and so on. */
export const found: readonly { readonly what: string; readonly schedule: Schedule }[] = [
  {
    // The pace counted from an intent's close, half a second behind the stream's batch of its opening: each intent
    // after an outage waited for the next minute's tick, and the seats for more than two minutes.
    what: "intents after an outage follow each other by the stream",
    schedule: {
      ...{ seed: 57, proration: "create_prorations", subscribed: true, slow: 50, faults: [] },
      acts: [
        {
          ...{ id: "act1", at: 0, times: 3, keyed: false, skew: 0 },
          deed: { do: "invite", who: 1, whom: 3, role: "Agent" },
        },
        {
          ...{ id: "act2", at: 61_000, times: 1, keyed: true, skew: 0 },
          deed: { do: "revoke", who: 0, pick: 0 },
        },
      ],
      weather: [
        { at: 0, stripe: "limited", mail: "down" },
        { at: 79_999, stripe: "500 applied", mail: "throttled" },
      ],
    },
  },
];
