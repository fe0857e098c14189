import { memberId } from "../../shared/table/ids.ts";
import type { Line } from "./budget-lines.ts";
import type { Budget } from "./budgets.ts";
import { type Cast, somebody } from "./cast.ts";
import { callOn } from "./in-process.ts";
import { commit, get, getBatch, query } from "./units.ts";

const identity = [get("identity")];
const caller = get("member");
const profile = [get("user"), query("userMember", 3)];
const shownUser = [get("business"), get("ledger"), get("member")];
const shownCompanyUser = [get("business"), get("member"), get("ledger")];
const shownAccess = [get("business"), get("member"), get("user")];

/** What user accesses, company users and the account side around them may spend. */
export const budgetsOfDialects: Readonly<Record<string, Budget>> = {
  // Three businesses, and in two of them nobody who is looked for.
  "users/find-users": {
    rounds: [identity, [get("email"), query("userMember", 3)], [getBatch("member", 6)]],
    request: ({ stranger: { email } }) => ({ query: { email } }),
  },
  "users/get-legal-terms": { rounds: [identity] },
  "users/approve-legal-terms": {
    rounds: [identity, [get("user"), get("terms")], [commit("user", "terms", "event")], shownUser],
    answerBytes: 800,
    request: () => ({ body: { version: "2026-11" } }),
  },
  "users/complete-onboarding": {
    rounds: [identity, [get("user")], [commit("user", "event")], shownUser],
    answerBytes: 700,
  },
  "licenses/list-plans": { rounds: [identity] },
  "user-access/list-accesses": { rounds: [identity] },
  "user-access/get-access": { rounds: [identity], request: () => ({ params: { id: "5" } }) },
  "user-access/list-user-accesses": {
    rounds: [identity, profile, [getBatch("member", 6)]],
    before: async ({ table, owner }) => ({
      params: { user_id: (await callOn(table, "users/get-me", owner)).body.id },
    }),
  },
  "user-access/create-user-access": {
    rounds: [
      identity,
      [caller, get("user")],
      [commit("member", "member", "userMember", "user", "ledger", "event", "invited")],
      [get("ledger"), ...shownAccess],
    ],
    answerBytes: 600,
    request: ({ businessId, stranger: { id } }) => ({
      params: { user_id: id },
      body: { company_id: businessId, access_id: "5" },
    }),
  },
  "user-access/update-user-access": {
    rounds: [
      identity,
      [caller, get("member"), get("user")],
      [commit("member", "member", "event")],
      shownAccess,
    ],
    answerBytes: 600,
    request: ({ businessId, agentId }) => ({
      params: { user_id: agentId },
      body: { company_id: businessId, access_id: "5" },
    }),
  },
  "user-access/remove-user-access": {
    rounds: [
      identity,
      [query("userMember", 1), query("userMember", 3)],
      [caller, get("member"), get("user")],
      [query("userMember", 1)],
      [commit("member", "member", "userMember", "user", "ledger", "event")],
      [get("ledger")],
    ],
    readsInOrder: true,
    answerBytes: 20,
    request: ({ businessId, agentId }) => ({
      params: { user_id: agentId, user_access_id: memberId(businessId, agentId) },
    }),
  },
  // Of a person whom nobody knows yet.
  "company-users/add-user": {
    rounds: [
      identity,
      [caller, get("email")],
      [commit("member", "email", "member", "userMember", "user", "event", "invited", "ledger")],
      shownCompanyUser,
    ],
    heedsHeader: true,
    answerBytes: 600,
    request: () => ({ body: { email: somebody().email, first_name: "Nora" } }),
  },
  "company-users/get-user": {
    rounds: [identity, [caller, get("userCode")], [get("business"), get("member")]],
    heedsHeader: true,
    byName: true,
    before: async ({ table, owner }) => {
      const body = { email: "anna@example.com", user_code: "anna-1" };
      await callOn(table, "company-users/add-user", owner, { body });
      return { params: { user_code: "anna-1" } };
    },
  },
};

const inHeader = {
  inHeader: true,
  headers: ({ businessId }: Cast) => ({ "x-business-id": businessId }),
} as const;

/** The Agent of the cast, as the company calls them. */
const named = async ({ table, owner, agent }: Cast) => {
  const body = { email: agent.email, user_code: "agent-1" };
  await callOn(table, "company-users/add-user", owner, { body });
};

/** What doesn't happen often. */
export const rareDialectLines: readonly Line[] = [
  {
    endpoint: "users/update-me",
    when: "another name, of somebody with three businesses",
    inHeader: false,
    headers: () => ({}),
    // Each membership shows the name, as does the claim of the email.
    rounds: [
      identity,
      [get("user")],
      [query("userMember", 3)],
      [commit("user", "event", "email", "member", "member", "member")],
      shownUser,
    ],
    request: () => ({ body: { name: "Olivia Other" } }),
  },
  {
    endpoint: "members/remove-member",
    when: "one with a code of the company's",
    ...inHeader,
    rounds: [
      identity,
      [caller, get("member"), get("user")],
      [query("userMember", 1)],
      [commit("member", "member", "userMember", "user", "ledger", "event", "userCode")],
      [get("ledger")],
    ],
    before: async (cast) => {
      await named(cast);
      return { params: { userId: cast.agentId } };
    },
  },
  {
    endpoint: "company-users/add-user",
    when: "one who is there, with another code and role",
    ...inHeader,
    // One event for the profile, one for the role; the code before is given back.
    rounds: [
      identity,
      [caller, get("email")],
      [get("member"), get("user")],
      [commit("member", "member", "event", "userCode", "userCode", "event")],
      shownCompanyUser,
    ],
    before: async (cast) => {
      await named(cast);
      return { body: { email: cast.agent.email, user_code: "agent-2", role: "ACCOUNTING" } };
    },
  },
  {
    endpoint: "company-users/add-user",
    when: "INACTIVE of one who was active",
    ...inHeader,
    // What becomes current is read after the user; that they are not invited is checked; they are noted as kept out.
    rounds: [
      identity,
      [caller, get("email")],
      [get("member"), get("user")],
      [query("userMember", 1)],
      [commit("member", "member", "userMember", "user", "userMember", "invited", "ledger", "event")],
      shownCompanyUser,
    ],
    request: ({ agent }) => ({ body: { email: agent.email, state: "INACTIVE" } }),
  },
];
