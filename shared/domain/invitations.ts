import type { EventType } from "./events.ts";

/** The life of an invitation, as data: each move names where it starts, where it leads and its guard. */

export type InvitationState = "Pending" | "Accepted" | "Declined" | "Revoked" | "Expired" | "Failed";

export interface Move {
  readonly from: readonly InvitationState[];
  readonly to: InvitationState;
  /** The guard: whether its expiry must lie ahead, or have passed. */
  readonly expiry?: "ahead" | "passed";
  /** What the audit trail says of it. */
  readonly event: EventType;
  readonly description: string;
}

export const moves = {
  send: {
    from: ["Pending"],
    to: "Pending",
    expiry: "ahead",
    event: "invitation.sent",
    description: "mailed, tried again, or reminded of",
  },
  renew: {
    from: ["Pending"],
    to: "Pending",
    event: "invitation.resent",
    description: "resent while open",
  },
  accept: {
    from: ["Pending"],
    to: "Accepted",
    expiry: "ahead",
    event: "invitation.accepted",
    description: "accepted, or the person added directly",
  },
  decline: {
    from: ["Pending"],
    to: "Declined",
    expiry: "ahead",
    event: "invitation.declined",
    description: "declined",
  },
  revoke: {
    from: ["Pending"],
    to: "Revoked",
    expiry: "ahead",
    event: "invitation.revoked",
    description: "revoked",
  },
  expire: {
    from: ["Pending"],
    to: "Expired",
    expiry: "passed",
    event: "invitation.expired",
    description: "not answered in time",
  },
  fail: {
    from: ["Pending"],
    to: "Failed",
    expiry: "ahead",
    event: "invitation.failed",
    description: "bounced, complained of, or not sent in three tries",
  },
  reopen: {
    from: ["Expired", "Failed"],
    to: "Pending",
    event: "invitation.resent",
    description: "resent: license, claim and limits taken again",
  },
} as const satisfies Record<string, Move>;
export type MoveName = keyof typeof moves;
/** The moves that end an invitation. */
export type Ending = "accept" | "decline" | "revoke" | "expire" | "fail";

/** What decides which moves an invitation can make. `expiresAt` is in milliseconds since the epoch. */
export interface Standing {
  readonly state: InvitationState;
  readonly expiresAt: number;
}

/** Whether an invitation can make a move now; `moveCondition` in the table says the same to DynamoDB. */
export function canMove(name: MoveName, { state, expiresAt }: Standing, now: number): boolean {
  const { from, expiry }: Move = moves[name];
  const guarded = !expiry || (expiry === "ahead" ? expiresAt > now : expiresAt <= now);
  return guarded && from.includes(state);
}

export const invitationStatuses = [
  "Pending",
  "Accepted",
  "Expired",
  "Revoked",
  "Resent",
  "Failed to send",
] as const;
export type InvitationStatus = (typeof invitationStatuses)[number];

/** What the API shows: an open invitation reads as expired from the instant that its expiry passes. */
export function statusOf(
  { state, expiresAt, resentAt }: Standing & { readonly resentAt?: number | undefined },
  now: number,
): InvitationStatus {
  if (state === "Pending" && expiresAt <= now) return "Expired";
  if (state === "Pending") return resentAt === undefined ? "Pending" : "Resent";
  if (state === "Declined") return "Revoked";
  return state === "Failed" ? "Failed to send" : state;
}

/** The one sentence that may be shown to whoever looks at the invitation; it names nobody. */
export function safeMessage(standing: Standing, now: number): string {
  const overdue = standing.state === "Pending" && standing.expiresAt <= now;
  return sentences[overdue ? "Expired" : standing.state];
}

const sentences: Readonly<Record<InvitationState, string>> = {
  Pending: "This invitation is open: sign in with the email address that it was sent to, and answer it.",
  Accepted: "This invitation has been accepted.",
  Declined: "This invitation has been declined.",
  Revoked: "This invitation has been withdrawn.",
  Expired: "This invitation has expired. Ask for a new one.",
  Failed: "This invitation could not be delivered. Ask for it to be sent again.",
};
