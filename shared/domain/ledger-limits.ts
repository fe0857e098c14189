const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** The times of the ledger, in milliseconds, and how much it repairs unasked. */
export const limits = {
  /** Whoever sends an intent has so long before somebody else sends it too. */
  sending: 30 * seconds,
  /** Between two intents: 180 in an hour, of the 200 that Stripe takes. */
  pacing: 20 * seconds,
  firstBackOff: 5 * seconds,
  mostBackOff: 60 * seconds,
  /** A card that was declined is tried again after a day, unless something changes. */
  parking: 24 * hours,
  /** Between two looks at Stripe's side of a ledger (with those who look every ten minutes: an hour), and two counts of its holders. */
  reconcile: 50 * minutes,
  recount: 24 * hours,
  /** A ledger whose open work keeps it from being looked at is looked at beside that work after so long. */
  overlooked: 2 * hours,
  /** A Checkout session lives so long. */
  checkout: 24 * hours,
  /** Larger differences than these are reported: in seats, and as a share of them from a few on. */
  drift: 10,
  driftOfFew: 2,
  driftShare: 0.2,
} as const;
