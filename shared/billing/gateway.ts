/**
 * What Tenantry asks of Stripe, and what comes back: the narrow interface that the license protocol is written
 * against. `stripe.ts` speaks it through the official SDK; simulations put something else behind it.
 */

/** Stripe's API version that everything here is written for; an op keeps the one that it was opened with. */
export const apiVersion = "2026-10-28.endive";

/** What Stripe answered. Nothing is thrown for what Stripe or the network says; `requestId` is for Stripe's log. */
export type Answer<Value> = Accepted<Value> | Refused;

export interface Accepted<Value> {
  readonly ok: true;
  readonly value: Value;
  /** Stripe had carried this request out before, by its idempotency key, and repeats what it answered then. */
  readonly replayed: boolean;
  readonly requestId: string | null;
}

export interface Refused {
  readonly ok: false;
  /** The HTTP status; null where no whole answer was heard in time, and the request may have been carried out. */
  readonly status: number | null;
  /** As in `Accepted`: this very refusal is stored under the key, and is all that the key will ever answer. */
  readonly replayed: boolean;
  /** Stripe's `type`, such as `card_error`, `invalid_request_error`, `idempotency_error`, `api_error`. */
  readonly type: string | null;
  /** Stripe's `code`, such as `card_declined`, `resource_missing`, `rate_limit`, `parameter_unknown`. */
  readonly code: string | null;
  /** For a developer's log; it may quote what was sent, but never the key. */
  readonly message: string;
  readonly requestId: string | null;
}

export type ProrationBehavior = "create_prorations" | "always_invoice" | "none";

/** The request that an open intent (`op`) sends, whole: sent again it must be the same to the letter. */
export interface QuantityRequest {
  readonly itemId: string;
  readonly quantity: number;
  readonly prorationBehavior: ProrationBehavior;
  readonly apiVersion: string;
}

export type SubscriptionStatus =
  | "active"
  | "canceled"
  | "incomplete"
  | "incomplete_expired"
  | "past_due"
  | "paused"
  | "trialing"
  | "unpaid";

/** All times are milliseconds since the epoch. */
export interface SubscriptionItem {
  readonly id: string;
  readonly subscriptionId: string;
  readonly priceId: string;
  readonly quantity: number;
  readonly periodStart: number;
  readonly periodEnd: number;
}

export interface Subscription {
  readonly id: string;
  readonly customerId: string;
  readonly status: SubscriptionStatus;
  readonly createdAt: number;
  /** When it ends, be it at the end of the period or at a given time; null where it goes on. */
  readonly cancelAt: number | null;
  readonly endedAt: number | null;
  /** Its collection is paused (`pause_collection`), or the subscription is (`status: "paused"`). */
  readonly paused: boolean;
  /** Paid by this one, before the customer's default: Checkout and the portal set it here. */
  readonly defaultPaymentMethodId: string | null;
  readonly items: readonly SubscriptionItem[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Customer {
  readonly id: string;
  /** In the smallest unit of the currency; below zero it is a credit. */
  readonly balance: number;
  readonly currency: string | null;
  readonly defaultPaymentMethodId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface NewCustomer {
  readonly businessId: string;
  readonly name: string;
  readonly email?: string;
}

export interface NewCheckout {
  readonly customerId: string;
  readonly businessId: string;
  /** Tells what is bought apart from anything else. */
  readonly order: string;
  readonly lines: readonly { readonly priceId: string; readonly quantity: number }[];
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface Checkout {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: number;
  readonly isOpen: boolean;
  /** As in `NewCheckout`. */
  readonly order: string | undefined;
}

export interface PreviewRequest {
  readonly subscriptionId: string;
  /** The license item as it would be: an existing one by its id, or one that is still to come by its price. */
  readonly item: { readonly id: string } | { readonly priceId: string };
  readonly quantity: number;
  readonly prorationBehavior: ProrationBehavior;
  /** The moment of the change, in milliseconds since the epoch. */
  readonly at: number;
}

/** Amounts are in the smallest unit of the currency. */
export interface Preview {
  /** Null where nothing is charged. */
  readonly currency: string | null;
  /** Charged at once: with `always_invoice` the prorations, else nothing. */
  readonly dueNow: number;
  /** What the rest of the running period costs more (below zero: less), whenever it is charged. */
  readonly prorations: number;
  /** Null where the subscription ends with its period, and nothing is left to be charged then. */
  readonly nextInvoice: { readonly amount: number; readonly at: number } | null;
}

/** A webhook whose signature is right. Only what is needed to find the ledger: nothing is written from its payload. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: string;
  readonly customerId: string | null;
}

export type Verified =
  | { readonly ok: true; readonly event: WebhookEvent }
  | { readonly ok: false; readonly reason: string };

/** Milliseconds that a call may take at most, the reading of the key included; past them it is `status: null`. */
export interface Bounded {
  readonly within: number;
}

export interface Gateway {
  /** The one write of the license protocol: an absolute quantity, under the op's own key. */
  setQuantity(request: QuantityRequest, key: string, bounded: Bounded): Promise<Answer<SubscriptionItem>>;
  /** `status: 404` says that it is gone. A cancelled one is still there, and says so. */
  readSubscription(subscriptionId: string, bounded: Bounded): Promise<Answer<Subscription>>;
  /** All of a customer's, whatever their state, the newest first; at most 100. */
  listSubscriptions(customerId: string, bounded: Bounded): Promise<Answer<readonly Subscription[]>>;
  /**
   * Finds the item of this price on the subscription, or adds it, of none and unprorated, which costs nothing: the
   * protocol then sets the quantity. In a race both find the same one, since Stripe takes a price only once.
   */
  licenseItem(
    place: { readonly subscriptionId: string; readonly priceId: string },
    bounded: Bounded,
  ): Promise<Answer<SubscriptionItem>>;
  /** Null where it was deleted. `status: 404` says that it never was, or is another account's or mode's. */
  readCustomer(customerId: string, bounded: Bounded): Promise<Answer<Customer | null>>;
  /**
   * Those that have the business's id in their metadata and aren't deleted. Stripe's search is behind, by a minute
   * mostly and by an hour at most, and isn't to be had everywhere: `status: 400` then.
   */
  findCustomers(businessId: string, bounded: Bounded): Promise<Answer<readonly Customer[]>>;
  /** The key makes it one customer for as long as Stripe keeps keys (24 h); after that `findCustomers` must find it. */
  createCustomer(customer: NewCustomer, key: string, bounded: Bounded): Promise<Answer<Customer>>;
  createCheckout(checkout: NewCheckout, key: string, bounded: Bounded): Promise<Answer<Checkout>>;
  /** A customer's, whatever their state, the newest first; at most 100. */
  listCheckouts(customerId: string, bounded: Bounded): Promise<Answer<readonly Checkout[]>>;
  /** Nobody can pay on its page any more. */
  expireCheckout(checkoutId: string, bounded: Bounded): Promise<Answer<Checkout>>;
  /** Says `cancel_at_period_end`; saying it twice changes nothing more. */
  cancelAtPeriodEnd(subscriptionId: string, bounded: Bounded): Promise<Answer<Subscription>>;
  portalLink(
    place: { readonly customerId: string; readonly returnUrl: string },
    bounded: Bounded,
  ): Promise<Answer<{ readonly url: string }>>;
  previewInvoice(preview: PreviewRequest, bounded: Bounded): Promise<Answer<Preview>>;
  /** `body` is the raw one, to the byte; `now` in milliseconds since the epoch. Throws where the secret can't be had. */
  verifyWebhook(body: Uint8Array, signature: string, now: number): Promise<Verified>;
}
