import { budgetsOfDialects } from "./budgets-of-dialects.ts";
import { budgetsOfInvitations } from "./budgets-of-invitations.ts";
import { budgetsOfLicenses } from "./budgets-of-licenses.ts";
import { type Cast, fill, happen } from "./cast.ts";
import type { CallOptions, Person } from "./in-process.ts";
import { type Call, commit, get, getBatch, query } from "./units.ts";

/** The calls of one round go out at once; a round is a round trip. */
export type Rounds = readonly (readonly Call[])[];

/** What an endpoint may spend, derived by hand: the calls that it makes, in rounds. */
export interface Budget {
  readonly rounds: Rounds;
  /** Whether it heeds X-Business-Id: `rounds` are with it; without it the user is read first. */
  readonly heedsHeader?: true;
  /** It is asked for by a name that only says which item to read: one more round trip. */
  readonly byName?: true;
  /** What is to be read follows from what is read: one more round trip until the commit. */
  readonly readsInOrder?: true;
  /** Where `rounds` are others without the header. */
  readonly withoutHeader?: Rounds;
  /** Bytes of the answer that is kept for a request with an Idempotency-Key. */
  readonly answerBytes?: number;
  readonly request?: (cast: Cast) => CallOptions;
  /** What comes before it, and the options of the call that follow from that. */
  readonly before?: (cast: Cast) => Promise<CallOptions | undefined>;
  /** Who calls: by default the Owner. */
  readonly by?: (cast: Cast) => Promise<Person>;
}

const identity = [get("identity")];
/** Who calls, by membership. */
const caller = get("member");
const business = [get("business"), get("ledger")];
const shownMember = [...business, get("member")];

export const budgets: Readonly<Record<string, Budget>> = {
  "users/get-me": {
    rounds: [identity, [get("user"), ...business, get("member")]],
    heedsHeader: true,
    withoutHeader: [identity, [get("user")], [...business, get("member")]],
  },
  "users/update-me": {
    rounds: [identity, [get("user")], [commit("user", "event")], [...business, get("member")]],
    answerBytes: 700,
    request: () => ({ body: { phone: "+442079460000" } }),
  },
  "businesses/get-business": { rounds: [identity, [caller, ...business]], heedsHeader: true },
  "businesses/create-business": {
    rounds: [
      identity,
      [get("user")],
      [commit("user", "userMember", "business", "ledger", "member", "event")],
    ],
    answerBytes: 700,
    request: () => ({ body: { name: "Acme" } }),
  },
  "businesses/update-business": {
    rounds: [identity, [caller, ...business], [commit("member", "business", "event")]],
    heedsHeader: true,
    answerBytes: 700,
    request: () => ({ body: { website: "https://engines.example" } }),
  },
  "businesses/list-business-options": {
    rounds: [
      identity,
      [get("user"), query("userMember", 3)],
      [getBatch("business", 3), getBatch("ledger", 3), getBatch("member", 3)],
    ],
  },
  "businesses/switch-business": {
    rounds: [identity, [...business, commit("member", "user", "event")]],
    answerBytes: 700,
    request: ({ businessId }) => ({ body: { businessId } }),
  },
  "businesses/list-events": {
    rounds: [identity, [caller, query("event", 50)]],
    heedsHeader: true,
    before: async ({ table, businessId }) => void (await happen(table, businessId, 50)),
  },
  "members/list-members": {
    rounds: [identity, [caller, ...business, query("member", 100)]],
    heedsHeader: true,
    request: () => ({ query: { limit: "100" } }),
    before: async ({ table, businessId }) => void (await fill(table, businessId, 100)),
  },
  "members/get-member": {
    rounds: [identity, [caller, ...shownMember]],
    heedsHeader: true,
    request: ({ agentId }) => ({ params: { userId: agentId } }),
  },
  "members/add-member": {
    rounds: [
      identity,
      [caller, get("email")],
      // That they are not invited is checked by the way.
      [commit("member", "member", "userMember", "user", "ledger", "event", "invited")],
      // Whether Stripe is to be told is looked at beside.
      [get("ledger"), ...shownMember],
    ],
    heedsHeader: true,
    answerBytes: 500,
    request: ({ stranger: { email } }) => ({ body: { email, role: "Agent" } }),
  },
  "members/update-member": {
    rounds: [identity, [caller, get("member")], [commit("member", "member", "event")], shownMember],
    heedsHeader: true,
    answerBytes: 500,
    request: ({ agentId }) => ({ params: { userId: agentId }, body: { role: "Admin" } }),
  },
  "members/remove-member": {
    rounds: [
      identity,
      [caller, get("member"), get("user")],
      [query("userMember", 1)],
      [commit("member", "member", "userMember", "user", "ledger", "event")],
      [get("ledger")],
    ],
    heedsHeader: true,
    readsInOrder: true,
    answerBytes: 20,
    request: ({ agentId }) => ({ params: { userId: agentId } }),
  },
  "members/transfer-ownership": {
    rounds: [
      identity,
      [caller, get("member"), get("member")],
      [commit("member", "member", "event")],
      shownMember,
    ],
    heedsHeader: true,
    answerBytes: 500,
    request: ({ agentId }) => ({ params: { userId: agentId } }),
  },
  ...budgetsOfInvitations,
  ...budgetsOfDialects,
  ...budgetsOfLicenses,
  "get-openapi": { rounds: [] },
  health: { rounds: [] },
  "not-found": { rounds: [] },
};
