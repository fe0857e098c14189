import type { Schedule } from "./schedule.ts";

interface Finding {
  readonly what: string;
  /** The planted bug that is what was found: with it in, the schedule must find it again. */
  readonly planted: string;
  readonly schedule: Schedule;
}

/** Schedules that have found something, by what it was; they are played as `found:0` and so on. */
export const found: readonly Finding[] = [
  {
    // The pace counted from an intent's close, half a second behind the stream's batch of its opening: after an answer
    // that came too late, the next intent waited for another minute's tick, and the seats for more than two minutes.
    what: "the intent after one that was late comes with the stream",
    planted: "the pace counts from when an intent was closed",
    schedule: {
      ...{ seed: 252, proration: "create_prorations", subscribed: true, slow: 50, weather: [] },
      acts: [
        {
          ...{ id: "act1", at: 0, times: 1, keyed: true, skew: 0 },
          deed: { do: "invite", who: 1, whom: 3, role: "Agent" },
        },
        {
          ...{ id: "act3", at: 2_020, times: 1, keyed: true, skew: 0 },
          deed: { do: "add", who: 1, whom: 2, role: "Owner" },
        },
        {
          ...{ id: "act8", at: 64_060, times: 1, keyed: true, skew: 0 },
          deed: { do: "add", who: 0, whom: 4, role: "Agent" },
        },
        {
          ...{ id: "act9", at: 66_060, times: 1, keyed: false, skew: 0 },
          deed: { do: "decline", who: null, pick: 2, byToken: false },
        },
      ],
      faults: [{ invocation: "act8 try 1.1", io: 12, kind: "request late" }],
    },
  },
  {
    // Found by a reader: whoever lost the race for an intent, and came back when it was closed, opened another one
    // without asking whether anything was due any more; the card was declined again for the same licenses.
    what: "an intent that others have closed is not opened again",
    planted: "what others have closed is opened again",
    schedule: {
      ...{ seed: 1, proration: "always_invoice", subscribed: true, slow: 1_000_000, weather: [] },
      acts: [
        { ...{ id: "act1", at: 0, times: 1, keyed: true, skew: 0 }, deed: { do: "card", works: false } },
        {
          ...{ id: "act2", at: 1_000, times: 1, keyed: true, skew: 0 },
          deed: { do: "add", who: 0, whom: 3, role: "Agent" },
        },
        {
          ...{ id: "act3", at: 6_000, times: 1, keyed: true, skew: 0 },
          deed: { do: "add", who: 0, whom: 4, role: "Agent" },
        },
        {
          ...{ id: "act4", at: 21_100, times: 2, keyed: true, skew: 0 },
          deed: { do: "tick", job: "apply-licenses" },
        },
      ],
      faults: [{ invocation: "act4 apply-licenses tick 1", io: 4, kind: "request lost" }],
    },
  },
];
