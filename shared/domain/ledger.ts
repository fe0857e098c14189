/** The ledger of a business's licenses, as the table holds it. */

export type BillingPlan = "Annual" | "Monthly";

/** What Stripe does about a part of a period: charge it with the next invoice, at once, or not at all. */
export type Proration = "create_prorations" | "always_invoice" | "none";

/**
 * The one request to Stripe that is under way: it is sent again exactly like this, under the same idempotency key,
 * until it is known what became of it.
 */
export interface Intent {
  readonly uuid: string;
  /** The `desiredVersion` that the quantity belongs to. */
  readonly version: number;
  readonly request: {
    readonly itemId: string;
    readonly quantity: number;
    readonly prorationBehavior: Proration;
    readonly apiVersion: string;
  };
  readonly openedAt: number;
  readonly attempts: number;
  /** Until then whoever sent it last has time to hear the answer. */
  readonly retryAt: number;
}

/** The subscription that pays for the licenses, as Stripe had it when it was read last. */
export interface Subscription {
  readonly id: string;
  /** The item that all licenses share. */
  readonly itemId: string;
  readonly plan: BillingPlan;
  /** Stripe's own word. */
  readonly status: string;
  readonly isPaused: boolean;
  readonly periodStartAt: number;
  readonly renewsAt: number;
  readonly cancelAt: number | null;
}

export interface Customer {
  readonly id: string;
  /** What is paid in advance, in the currency; below zero it is owed. */
  readonly balance: number;
  readonly paymentMethodId: string | null;
}

/** The card was declined for this version, with that card and in that state. */
export interface Parked {
  readonly version: number;
  readonly until: number;
  readonly paymentMethodId: string | null;
  readonly status: string | null;
}

/** Every active member and every open invitation holds a license. Times are milliseconds since the epoch. */
export interface Ledger {
  readonly seats: number;
  readonly openInvitations: number;
  /** Raised by every change of who holds a license, transfers included. */
  readonly revision: number;
  /** Raised by every change of how many licenses are held. */
  readonly desiredVersion: number;
  /** Raised by every move of the ledger, which is all that is done about it besides taking and giving back. */
  readonly turn?: number | undefined;
  /** How many may be held; absent for any number. */
  readonly seatLimit?: number | undefined;
  readonly customer?: Customer | undefined;
  readonly subscription?: Subscription | undefined;
  /** The version that Stripe has confirmed last, and its quantity. */
  readonly appliedVersion?: number | undefined;
  readonly appliedQuantity?: number | undefined;
  readonly op?: Intent | undefined;
  /** When it was first tried to tell Stripe of what it has not confirmed yet, however many intents ago. */
  readonly behindSince?: number | undefined;
  /** No other intent before: Stripe takes so many an hour. */
  readonly nextAt?: number | undefined;
  readonly parked?: Parked | undefined;
  /** How often Stripe was said to have news, and how many times of these it was read. */
  readonly refreshWanted?: number | undefined;
  readonly refreshDone?: number | undefined;
  /** Not before, and since when: Stripe could not be read. */
  readonly refreshFrom?: number | undefined;
  readonly refreshFailingSince?: number | undefined;
  /** The subscription that shall end with its period, until when not to ask Stripe again, and since when it refuses. */
  readonly cancelWanted?: string | undefined;
  readonly cancelFrom?: number | undefined;
  readonly cancelFailingSince?: number | undefined;
  /** Stripe's quantity where it is so different that a person must look at it first. */
  readonly drift?: { readonly quantity: number; readonly seenAt: number } | undefined;
  /** Until then a Stripe Checkout may bring a subscription. */
  readonly checkoutUntil?: number | undefined;
  /** When the last subscription stopped paying, where no other has taken its place. */
  readonly detachedAt?: number | undefined;
  readonly reconciledAt?: number | undefined;
  /** When a look by the hour could compare nothing, since the last that could. */
  readonly inVainAt?: number | undefined;
  readonly recountedAt?: number | undefined;
}
