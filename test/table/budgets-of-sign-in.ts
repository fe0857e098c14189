import type { Line } from "./budget-lines.ts";
import { rareDialectLines } from "./budgets-of-dialects.ts";
import { rareInvitationLines } from "./budgets-of-invitations.ts";
import { preCreate, somebody } from "./cast.ts";
import { commit, get, query, update } from "./units.ts";

const shown = [[get("user")], [get("business"), get("ledger"), get("member")]];
const me = { endpoint: "users/get-me", inHeader: false, headers: () => ({}) } as const;

/** What doesn't happen at every request, and has no bound in round trips: each once per person, or once a day. */
export const rareLines: readonly Line[] = [
  {
    ...me,
    when: "first sight of a person",
    rounds: [
      [get("identity")],
      [get("identity"), get("email")],
      [commit("identity", "user", "email", "event")],
      [get("user")],
    ],
    by: async () => somebody(),
  },
  {
    ...me,
    when: "a verified email that a user with one membership holds",
    rounds: [
      [get("identity")],
      [get("identity"), get("email")],
      [get("user")],
      [commit("identity", "user", "email", "event")],
      // Memberships show the new name and email, as long as these are the user's.
      [get("user")],
      [query("userMember", 1)],
      [commit("user", "member")],
      [commit("identity")],
      ...shown,
    ],
    by: ({ table, businessId }) => preCreate(table, businessId, somebody()),
  },
  {
    endpoint: "businesses/get-business",
    when: "a member's first request of the day",
    inHeader: true,
    headers: ({ businessId }) => ({ "x-business-id": businessId }),
    rounds: [[get("identity")], [get("member"), get("business"), get("ledger")], [update("member")]],
    by: async ({ agent }) => agent,
  },
  ...rareInvitationLines,
  ...rareDialectLines,
];
