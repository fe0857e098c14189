/** What must hold, by the names that broken ones are reported by: DESIGN §3 to §6 in the simulation's words. */
export const invariants = {
  "seats are counted": "At every commit, seats are the active members and open invitations counted.",
  "an owner stays": "At every commit, a business has an owner, and ownerCount says how many.",
  "two sides": "A membership stands on both sides, or on none.",
  "one claim": "Every open invitation has the claim of its address, and no claim stands without one.",
  "invited or member": "Nobody is a member and invited at once.",
  "moves by the rules": "An invitation moves as the state machine says, in its time.",
  "listed while open": "An open invitation is listed as due in time, and one that has ended nowhere.",
  "caller may": "Whoever changes something may do so at the very moment of its commit.",
  "inviter may grant": "Whoever answers for an accepted invitation may grant its role at that moment.",
  "within the limit": "Nobody takes a license beyond the limit.",
  "one open intent":
    "A business has one open intent at most: another one only after a definite answer to it.",
  "sent as written": "Stripe is sent nothing but an open intent, under its own key, as it was written down.",
  "in order of versions": "Our writes reach Stripe in the order of their versions.",
  "work is due": "What is open about a ledger is in the index of what is due, in time.",
  "news are read": "Stripe's news count as read only where Stripe was read after they came.",
  "declined once":
    "A declined card is not charged again and again for the same, unless it is another card or another day.",
  "mail is claimed": "A mail is sent only by who has claimed it, while its invitation was open.",
  "no mail twice": "No mail is sent twice.",
  "one outcome": "A request that is repeated with its key is carried out once, and has one answer.",
  "answers are true": "What was answered with success stands, and what was refused has changed nothing.",
  "no failure of ours": "Whatever happens outside, no answer is a 500.",
  "Stripe has the seats":
    "When it is quiet and Stripe is up, its quantity is the seats, or the ledger says why not.",
  "who pays is known":
    "When it is quiet, the ledger has the subscription that lives at Stripe, and none that has ended.",
  "settled in time": "Stripe has the seats two minutes after the last change, crash or outage.",
  "no invitation is lost": "The mail of an open invitation was sent, or it says why not.",
  "nothing stays open": "No invitation is open after its life.",
  "events are published": "Every audit event is published.",
} as const;
export type Invariant = keyof typeof invariants;

export interface Violation {
  readonly invariant: Invariant;
  readonly says: string;
  /** The invocation that did it, and when. */
  readonly by: string;
  readonly at: number;
  /** The ledger at that moment, in words. */
  readonly ledger: string;
}
