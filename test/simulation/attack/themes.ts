import type { Deed } from "./schedule.ts";
import { hours, minutes, seconds } from "./simulation.ts";

/** Deeds with the pause before each of them. */
type Theme = (oneOf: <Value>(...of: Value[]) => Value) => readonly (readonly [pause: number, Deed])[];

const accept: Deed = { do: "accept", who: null, pick: 0, byToken: false };
const decline: Deed = { do: "decline", who: null, pick: 0, byToken: true };
const revoke: Deed = { do: "revoke", who: 0, pick: 0 };
const resend: Deed = { do: "resend", who: 0, pick: 0 };
const expire: Deed = { do: "tick", job: "expire-invitations" };
const reconcile: Deed = { do: "tick", job: "reconcile-licenses" };
const apply: Deed = { do: "tick", job: "apply-licenses" };
const removeAdmin: Deed = { do: "remove", who: 0, whom: 1 };

const invite = (who: number, whom: number): Deed => ({ do: "invite", who, whom, role: "Agent" });
const add = (who: number, whom: number): Deed => ({ do: "add", who, whom, role: "Agent" });

/** What gets into each other's way in the real world, and would hardly meet by chance. */
export const themes = {
  // Everybody has something to do with one invitation at once.
  invitation: (oneOf) => {
    const ends: Deed[] = [accept, decline, revoke, resend, add(0, 3), expire, reconcile, removeAdmin];
    return [
      [0, invite(1, 3)],
      [oneOf(5 * seconds, 61 * seconds), oneOf(...ends)],
      [0, oneOf(...ends)],
      [oneOf(0, 5), oneOf(...ends)],
    ];
  },
  // The holders are counted while a license passes from an invitation to a member.
  recount: (oneOf) => [
    [0, { do: "bulk", who: 0, whoms: [3, 4, 5] }],
    [65 * seconds, reconcile],
    ...[0, 1, 2].map((pick) => [oneOf(0, 5, 10, 20, 30, 50), { ...accept, pick }] as [number, Deed]),
  ],
  // At the end of its life.
  expiry: (oneOf) => [
    [0, invite(0, 3)],
    [
      7 * 24 * hours + oneOf(-1 * minutes, -10, 0, 10, 1 * minutes, 10 * minutes),
      oneOf<Deed>(accept, decline, revoke, resend),
    ],
    [0, oneOf<Deed>(expire, accept, invite(0, 3))],
    [oneOf(0, 5), oneOf<Deed>(expire, accept, resend)],
  ],
  // Whoever does something loses the right to it at that moment.
  rights: (oneOf) => [
    [0, oneOf<Deed>({ do: "remove", who: 0, whom: 1 }, { do: "role", who: 0, whom: 1, role: "Agent" })],
    [oneOf(0, 3, 8), oneOf<Deed>(add(1, 3), invite(1, 3), { do: "remove", who: 1, whom: 2 })],
  ],
  // Two owners, each against the other, or both on their way out.
  owners: (oneOf) => [
    [0, { do: "role", who: 0, whom: 1, role: "Owner" }],
    [5 * seconds, oneOf<Deed>({ do: "remove", who: 0, whom: 1 }, { do: "leave", who: 0 })],
    [0, oneOf<Deed>({ do: "remove", who: 1, whom: 0 }, { do: "leave", who: 1 })],
    [
      oneOf(0, 5 * seconds),
      oneOf<Deed>({ do: "transfer", who: 0, whom: 2 }, { do: "transfer", who: 1, whom: 2 }),
    ],
  ],
  // One subscription ends, and another one comes.
  again: (oneOf) => [
    [0, oneOf(add(0, 3), { do: "end subscription", who: 0 })],
    [oneOf(0, 300, 25 * seconds), { do: "cancel at Stripe" }],
    [oneOf(0, 5 * seconds, 61 * seconds), { do: "checkout", who: 0 }],
    [oneOf(0, 300, 5 * seconds), { do: "pay at Stripe" }],
    [oneOf(0, 300, 25 * seconds), oneOf(add(0, 4), reconcile, { do: "pause", paused: true })],
  ],
  // A card that is declined, and what comes after it.
  card: (oneOf) => [
    [0, { do: "card", works: false }],
    [1 * seconds, add(0, 3)],
    [oneOf(1, 61) * seconds, oneOf<Deed>(apply, add(0, 4), { do: "webhook", times: 2 })],
    [61 * seconds, oneOf<Deed>(apply, reconcile, { do: "card", works: true })],
    [61 * seconds, apply],
  ],
  // The last license under a limit.
  limit: (oneOf) => [
    [0, { do: "limit", who: 0, more: 1 }],
    [5 * seconds, oneOf(add(0, 3), invite(0, 3))],
    [0, oneOf(add(1, 4), invite(1, 4))],
  ],
} as const satisfies Record<string, Theme>;
export type ThemeName = keyof typeof themes;
