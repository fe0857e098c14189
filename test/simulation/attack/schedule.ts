import type { Role } from "../../../shared/domain/accesses.ts";

/** What somebody, or something outside, does. People are numbers; what is picked is counted from the newest. */
export type Deed =
  | { readonly do: "invite"; readonly who: number; readonly whom: number; readonly role: Role }
  | { readonly do: "bulk"; readonly who: number; readonly whoms: readonly number[] }
  | { readonly do: "resend" | "revoke"; readonly who: number; readonly pick: number }
  | {
      readonly do: "accept" | "decline";
      readonly who: number | null;
      readonly pick: number;
      readonly byToken: boolean;
    }
  | { readonly do: "add" | "role"; readonly who: number; readonly whom: number; readonly role: Role }
  | { readonly do: "remove" | "transfer"; readonly who: number; readonly whom: number }
  | { readonly do: "limit"; readonly who: number; readonly more: number | null }
  | { readonly do: "checkout" | "end subscription" | "leave" | "look" | "switch"; readonly who: number }
  | { readonly do: "card"; readonly works: boolean }
  | { readonly do: "dashboard"; readonly by: number }
  | { readonly do: "cancel at Stripe" | "pay at Stripe" }
  | { readonly do: "pause"; readonly paused: boolean }
  | { readonly do: "webhook"; readonly times: number }
  | { readonly do: "tick"; readonly job: Job };

export type Job = "apply-licenses" | "expire-invitations" | "reconcile-licenses";

/** A deed at a time, in milliseconds from the beginning. */
export interface Act {
  /** Its name for good: what is taken out of a schedule leaves the others theirs. */
  readonly id: string;
  readonly at: number;
  readonly deed: Deed;
  /** Sent so often at once: by a client with one key for all, or by clients that don't know of each other. */
  readonly times: 1 | 2 | 3;
  /** Whether it bears an Idempotency-Key; without one, what is unknown is asked for again as something new. */
  readonly keyed: boolean;
  /** How far the clock of the function is off. */
  readonly skew: number;
}

export const faultKinds = [
  "dies before",
  "dies after",
  "request lost",
  "answer lost",
  "request late",
  "request doubled",
  "refused for now",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What goes wrong with an invocation's nth I/O. */
export interface Fault {
  readonly invocation: string;
  readonly io: number;
  readonly kind: FaultKind;
}

export const stripeMoods = ["well", "down", "500 applied", "500 not applied", "limited"] as const;
export const mailMoods = ["well", "down", "throttled", "rejecting"] as const;

/** How Stripe and SES are, from a time on. */
export interface Weather {
  readonly at: number;
  readonly stripe: (typeof stripeMoods)[number];
  readonly mail: (typeof mailMoods)[number];
}

/** All that a course of events follows from. */
export interface Schedule {
  readonly seed: number;
  readonly proration: "create_prorations" | "always_invoice";
  readonly subscribed: boolean;
  /** Of so many I/Os one is slow, so that its answer may come too late. */
  readonly slow: number;
  readonly acts: readonly Act[];
  readonly faults: readonly Fault[];
  readonly weather: readonly Weather[];
}
