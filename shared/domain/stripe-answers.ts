/** What an answer of Stripe to an intent means. */
export interface StripeAnswer {
  /** The HTTP status; null where none was heard, so that nobody knows what became of the request. */
  readonly status: number | null;
  /** Whether Stripe repeats what it has answered to this key before. */
  readonly replayed: boolean;
  /** The quantity that it says there is now. */
  readonly quantity?: number | undefined;
}

/**
 * Four answers are definite: the quantity; a declined card; a failure that the key repeats, for good; and, once a
 * read of Stripe confirms it, that the item is gone. Everything else may still be carried out, or may never have
 * been: the same is sent again.
 */
export type Meaning = "applied" | "declined" | "failed" | "perhaps gone" | "unknown";

export function meaningOf({ status, replayed, quantity }: StripeAnswer, wanted: number): Meaning {
  if (status === null) return "unknown";
  if (status < 300) return quantity === wanted ? "applied" : "unknown";
  if (status === 402) return "declined";
  if (status >= 500) return replayed ? "failed" : "unknown";
  return mayMeanGone.has(status) ? "perhaps gone" : "unknown";
}

/** Whether Stripe refuses a request as it is, so that the same again is refused too: not where it is only busy. */
export function isRefusal({ status }: Pick<StripeAnswer, "status">): boolean {
  return status !== null && status >= 400 && status < 500 && status !== 409 && status !== 429;
}

/** Not found, or refused because the subscription has ended. */
const mayMeanGone = new Set([400, 404]);
