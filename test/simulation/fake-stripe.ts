import type {
  Answer,
  Checkout,
  Gateway,
  NewCheckout,
  QuantityRequest,
  Subscription,
  SubscriptionItem,
  SubscriptionStatus,
} from "../../shared/billing/gateway.ts";

/**
 * How Stripe is: `down` hears nothing; `lost` does what it is asked and its answer never arrives; `late` does it some
 * time after everybody has given up, and `overloaded` after a 503 that it doesn't keep. It answers 500, having done it
 * or not, and keeps that answer by the key; too many requests (`limited`) and what it refuses leave nothing. It is `of
 * another account` where the key is: it has nothing of ours.
 */
export type StripeMood =
  | "well"
  | "down"
  | "lost"
  | "late"
  | "overloaded"
  | "500 applied"
  | "500 not applied"
  | "limited"
  | "refusing"
  | "of another account";

interface Stored {
  readonly at: number;
  readonly answer: Answer<SubscriptionItem>;
}

const aDay = 24 * 60 * 60 * 1_000;
const refused = (status: number | null, code: string | null = null, replayed = false) =>
  ({ ok: false, status, replayed, type: null, code, message: "", requestId: null }) as const;
const invalid = { type: "invalid_request_error", requestId: "req_1" } as const;
const refusal = { ...refused(400, "parameter_unknown"), ...invalid };
const accepted = <V>(value: V, replayed = false) => ({ ok: true, value, replayed, requestId: null }) as const;

/** As much of Stripe as the license protocol meets, in memory: its idempotency, its limits, and its faults. */
export class FakeStripe implements Gateway {
  mood: StripeMood = "well";
  /** Whether the card is declined when something is charged. */
  declines = false;
  paymentMethodId = "pm_1";
  /** An account in India has no search. */
  isWithoutSearch = false;
  readonly subscriptions = new Map<string, Subscription>();
  readonly customers = new Set<string>();
  readonly metadata = new Map<string, Record<string, string>>();
  readonly #deleted = new Set<string>();
  readonly #customersByKey = new Map<string, { readonly id: string; readonly at: number }>();
  readonly #checkouts: Checkout[] = [];
  readonly #buyers = new Map<string, string>();
  readonly #checkoutsByKey = new Map<string, Checkout>();
  /** Every quantity that was carried out, in its order. */
  readonly carriedOut: { readonly key: string; readonly quantity: number; readonly at: number }[] = [];
  /** Every attempt to charge the card. */
  charges = 0;
  requests = 0;
  /** Happens once, while the next call is under way. */
  meanwhile: (() => Promise<unknown>) | undefined;
  /** Happens once, after the subscriptions were read and before their reader hears of it. */
  onRead: (() => Promise<unknown>) | undefined;
  /** Called when a quantity is carried out. */
  onQuantity: (key: string, quantity: number) => void = () => {};
  /** Called when a card is charged, and what came of it. */
  onCharge: (key: string, isPaid: boolean) => void = () => {};
  readonly #stored = new Map<string, Stored>();
  readonly #late: (() => void)[] = [];
  readonly #now: () => number;
  readonly #pause: () => Promise<void>;

  constructor(now: () => number, pause: () => Promise<void> = async () => {}) {
    this.#now = now;
    this.#pause = async () => {
      const { meanwhile } = this;
      this.meanwhile = undefined;
      await meanwhile?.();
      await pause();
    };
  }

  /** Somebody has paid on Stripe's page: a subscription of these prices. */
  subscribe(customerId: string, prices: Record<string, number>): Subscription {
    const id = `sub_${this.subscriptions.size + 1}`;
    const items = Object.entries(prices).map(([priceId, quantity], n) => ({
      ...{ id: `si_${id}_${n}`, subscriptionId: id, priceId, quantity },
      ...{ periodStart: this.#now(), periodEnd: this.#now() + 30 * aDay },
    }));
    const subscription: Subscription = {
      ...{ id, customerId, status: "active", createdAt: this.#now(), cancelAt: null, endedAt: null },
      ...{ paused: false, defaultPaymentMethodId: null, items, metadata: {} },
    };
    this.subscriptions.set(id, subscription);
    return subscription;
  }

  change(id: string, changes: Partial<Subscription>): void {
    const found = this.subscriptions.get(id);
    if (found) this.subscriptions.set(id, { ...found, ...changes });
  }

  cancel(id: string): void {
    this.change(id, { status: "canceled" satisfies SubscriptionStatus, endedAt: this.#now() });
  }

  deleteCustomer(id: string): void {
    this.#deleted.add(id);
    for (const one of this.subscriptions.values()) if (one.customerId === id) this.cancel(one.id);
  }

  /** What somebody sets by hand, in Stripe's dashboard. */
  setByHand(itemId: string, quantity: number): void {
    for (const { id, items } of this.subscriptions.values())
      this.change(id, { items: items.map((item) => (item.id === itemId ? { ...item, quantity } : item)) });
  }

  item(itemId: string): SubscriptionItem | undefined {
    return [...this.subscriptions.values()].flatMap(({ items }) => items).find(({ id }) => id === itemId);
  }

  /** What a key answers from now on; undefined where nothing is stored under it. */
  answerTo(key: string): Answer<SubscriptionItem> | undefined {
    return this.#stored.get(key)?.answer;
  }

  /** Requests that everybody has given up arrive. */
  arrive(): void {
    for (const carryOut of this.#late.splice(0)) carryOut();
  }

  async setQuantity(request: QuantityRequest, key: string): Promise<Answer<SubscriptionItem>> {
    this.requests += 1;
    const { mood } = this;
    await this.#pause();
    if (mood === "down") return refused(null);
    if (mood === "limited") return refused(429, "rate_limit");
    if (mood === "refusing") return refusal;
    if (mood === "of another account") return refused(404, "resource_missing");
    if (mood === "late" || mood === "overloaded") {
      this.#late.push(() => this.#once(request, key, "well"));
      return refused(mood === "late" ? null : 503);
    }
    const answer = this.#once(request, key, mood);
    await this.#pause();
    return mood === "lost" ? refused(null) : answer;
  }

  /** By its key a request is carried out once; whatever was answered then is answered for a day. */
  #once(request: QuantityRequest, key: string, mood: StripeMood): Answer<SubscriptionItem> {
    const stored = this.#stored.get(key);
    if (stored && this.#now() - stored.at < aDay) return { ...stored.answer, replayed: true };
    const answer = this.#carryOut(request, key, mood);
    if (answer.ok || answer.status === 402 || answer.status === 500)
      this.#stored.set(key, { at: this.#now(), answer });
    return answer;
  }

  #carryOut({ itemId, quantity, prorationBehavior }: QuantityRequest, key: string, mood: StripeMood) {
    const item = this.item(itemId);
    const subscription = this.subscriptions.get(item?.subscriptionId ?? "");
    if (!item || subscription?.status === "canceled") return refused(404, "resource_missing");
    if (mood === "500 not applied") return refused(500);
    if (prorationBehavior === "always_invoice" && quantity > item.quantity) {
      this.charges += 1;
      this.onCharge(key, !this.declines);
      if (this.declines) return refused(402, "card_declined");
    }
    this.setByHand(itemId, quantity);
    this.carriedOut.push({ key, quantity, at: this.#now() });
    this.onQuantity(key, quantity);
    return mood === "500 applied" ? refused(500) : accepted({ ...item, quantity });
  }

  async #read<Value>(read: () => Answer<Value>): Promise<Answer<Value>> {
    await this.#pause();
    const isSilent = this.mood === "down" || this.mood === "lost" || this.mood === "late";
    const failure = this.mood.startsWith("500") && refused(500);
    const elsewhere = this.mood === "of another account" && refused(404, "resource_missing");
    const answer = isSilent ? refused(null) : failure || elsewhere || read();
    await this.#pause();
    return answer;
  }

  readSubscription(id: string) {
    return this.#read(() => {
      const found = this.subscriptions.get(id);
      return found ? accepted(found) : refused(404, "resource_missing");
    });
  }

  async listSubscriptions(customerId: string) {
    const answer = await this.#read(() =>
      accepted([...this.subscriptions.values()].filter((one) => one.customerId === customerId).reverse()),
    );
    const { onRead } = this;
    this.onRead = undefined;
    await onRead?.();
    return answer;
  }

  licenseItem({ subscriptionId, priceId }: { subscriptionId: string; priceId: string }) {
    return this.#read(() => {
      const found = this.subscriptions.get(subscriptionId);
      if (!found) return refused(404, "resource_missing");
      const there = found.items.find((item) => item.priceId === priceId);
      if (there) return accepted(there);
      const periods = { periodStart: this.#now(), periodEnd: this.#now() + 30 * aDay };
      const item = { id: `si_${subscriptionId}_new`, subscriptionId, priceId, quantity: 0, ...periods };
      this.change(subscriptionId, { items: [...found.items, item] });
      return accepted(item);
    });
  }

  readCustomer(id: string) {
    return this.#read(() => {
      if (!this.customers.has(id)) return refused(404, "resource_missing");
      if (this.#deleted.has(id)) return accepted(null);
      const { paymentMethodId } = this;
      return accepted({
        ...{ id, balance: 0, currency: "usd", metadata: this.metadata.get(id) ?? {} },
        defaultPaymentMethodId: paymentMethodId,
      });
    });
  }

  /** By its key a customer is made once a day. */
  createCustomer({ businessId }: { businessId: string }, key: string) {
    return this.#read(() => {
      const stored = this.#customersByKey.get(key);
      const isReplayed = stored !== undefined && this.#now() - stored.at < aDay;
      const before = this.#customersOf(businessId).length;
      const id = isReplayed ? stored.id : `cus_${businessId}${before > 0 ? `_${before + 1}` : ""}`;
      if (!isReplayed) this.#customersByKey.set(key, { id, at: this.#now() });
      this.customers.add(id);
      this.metadata.set(id, { businessId });
      const made = { id, balance: 0, currency: null, metadata: { businessId }, defaultPaymentMethodId: null };
      return accepted(made, isReplayed);
    });
  }

  #customersOf(businessId: string): readonly string[] {
    return [...this.customers].filter((id) => this.metadata.get(id)?.businessId === businessId);
  }

  /** Whoever was made within the last minute isn't found yet. */
  findCustomers(businessId: string) {
    return this.#read(() => {
      if (this.isWithoutSearch) return { ...refused(400), ...invalid };
      const young = [...this.#customersByKey.values()].filter(({ at }) => this.#now() - at < 60_000);
      const isFound = (id: string) => !this.#deleted.has(id) && !young.some((one) => one.id === id);
      const { paymentMethodId: defaultPaymentMethodId } = this;
      const found = this.#customersOf(businessId).filter(isFound);
      return accepted(
        found.map((id) => ({
          ...{ id, balance: 0, currency: "usd", metadata: { businessId }, defaultPaymentMethodId },
        })),
      );
    });
  }

  get openCheckouts(): readonly Checkout[] {
    return this.#checkouts.map((one) => this.#asOfNow(one)).filter(({ isOpen }) => isOpen);
  }

  /** By its key a Checkout is made once, and answered as it was then. */
  createCheckout({ order, customerId }: NewCheckout, key: string) {
    return this.#read(() => {
      const n = this.#checkouts.length + 1;
      const place = { id: `cs_${n}`, url: `https://checkout.stripe.com/c/${n}` };
      const made = { ...place, expiresAt: this.#now() + aDay, isOpen: true, order };
      const answer = this.#checkoutsByKey.get(key) ?? made;
      if (answer === made) this.#checkouts.unshift({ ...made });
      this.#checkoutsByKey.set(key, answer);
      this.#buyers.set(answer.id, customerId);
      return accepted(answer);
    });
  }

  listCheckouts(customerId: string) {
    return this.#read(() =>
      accepted(
        this.#checkouts
          .filter(({ id }) => this.#buyers.get(id) === customerId)
          .map((one) => this.#asOfNow(one)),
      ),
    );
  }

  /** A session runs out by itself. */
  #asOfNow(checkout: Checkout): Checkout {
    return checkout.expiresAt > this.#now() ? checkout : { ...checkout, isOpen: false };
  }

  expireCheckout(id: string) {
    return this.#read(() => {
      const at = this.#checkouts.findIndex((one) => one.id === id);
      const found = this.#checkouts[at];
      if (!found || !this.#asOfNow(found).isOpen) return refused(400);
      const closed = { ...found, isOpen: false };
      this.#checkouts[at] = closed;
      return accepted(closed);
    });
  }

  cancelAtPeriodEnd(id: string) {
    return this.#read(() => {
      const found = this.subscriptions.get(id);
      if (!found) return refused(404, "resource_missing");
      if (this.mood === "refusing" || found.status === "canceled") return refusal;
      this.change(id, { cancelAt: found.items[0]?.periodEnd ?? null });
      return accepted({ ...found, cancelAt: found.items[0]?.periodEnd ?? null });
    });
  }

  portalLink() {
    return this.#read(() => accepted({ url: "https://billing.stripe.com/p/1" }));
  }

  previewInvoice({ quantity }: { quantity: number }) {
    return this.#read(() =>
      accepted({
        ...{ currency: "usd", dueNow: 0, prorations: 600 },
        nextInvoice: { amount: quantity * 1_200, at: this.#now() + 30 * aDay },
      }),
    );
  }

  async verifyWebhook(body: Uint8Array, signature: string) {
    if (signature !== "genuine") return { ok: false, reason: "The signature is not Stripe's." } as const;
    return { ok: true, event: JSON.parse(Buffer.from(body).toString()) } as const;
  }
}
