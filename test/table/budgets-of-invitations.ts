import type { Line } from "./budget-lines.ts";
import type { Budget } from "./budgets.ts";
import type { Cast } from "./cast.ts";
import { afterwards, fillInvitations, invite, inviteInVain } from "./cast-of-invitations.ts";
import { type CallOptions, itsTime } from "./in-process.ts";
import {
  commit,
  due,
  ended,
  get,
  getBatch,
  type Indexed,
  type Kind,
  opened,
  query,
  queryIndex,
  times,
} from "./units.ts";

const identity = [get("identity")];
const caller = get("member");
const business = [get("business"), get("ledger")];

/** The limits of the inviter and of the business. */
const limits = ["rate", "rate"] as const;
/** Beside the mail it is looked whether Stripe is to be told; then it is recorded that the mail was sent. */
const mailed = [[get("ledger"), ...business], [commit(due, "event")]];
const answerBytes = 630;

const byId = async (cast: Cast): Promise<CallOptions> => {
  const { invitationId } = await invite(cast);
  return { params: { invitationId } };
};

const answered = async (cast: Cast): Promise<CallOptions> => {
  const { token } = await invite(cast, cast.stranger.email);
  return { body: { token } };
};

const addresses = (count: number) => times(count, "").map((_, n) => ({ email: `${n}@example.com` }));

/** That the addresses are nobody's still is checked. */
const openedMany = (count: number) =>
  commit("member", ...times<Kind | Indexed>(count, "invited", opened, "event", "email"), ...limits, "ledger");

export const budgetsOfInvitations: Readonly<Record<string, Budget>> = {
  "invitations/invite-member": {
    rounds: [
      identity,
      [caller, ...business, get("email")],
      // Of somebody who has signed in before: that they are not a member is checked.
      [commit("member", "invited", opened, "event", "member", ...limits, "ledger")],
      ...mailed,
    ],
    heedsHeader: true,
    answerBytes,
    request: ({ stranger: { email } }) => ({ body: { email } }),
  },
  "invitations/invite-members": {
    rounds: [
      identity,
      [caller, ...business, getBatch("email", 15)],
      [openedMany(15)],
      [get("ledger"), ...business],
    ],
    heedsHeader: true,
    answerBytes: 15 * answerBytes,
    request: () => ({ body: { invitations: addresses(15) } }),
  },
  "invitations/list-invitations": {
    rounds: [identity, [caller, ...business, query("invitation", 50)]],
    heedsHeader: true,
    before: async (cast) => void (await fillInvitations(cast.table, cast, 50)),
  },
  "invitations/get-invitation": {
    rounds: [identity, [caller, ...business, get("invitation")]],
    heedsHeader: true,
    before: byId,
  },
  "invitations/revoke-invitation": {
    rounds: [
      identity,
      [caller, get("invitation")],
      [commit(ended, "invited", "event", "member", "ledger")],
      [get("ledger")],
    ],
    heedsHeader: true,
    answerBytes: 20,
    before: byId,
  },
  "invitations/resend-invitation": {
    rounds: [
      identity,
      [caller, get("invitation")],
      // Whose address it is, which the invitation tells: nobody's, and that it still is.
      [...business, get("email")],
      [commit("member", due, "invited", "email", "rate", "event")],
      ...mailed,
    ],
    heedsHeader: true,
    readsInOrder: true,
    answerBytes,
    request: () => ({ now: itsTime + 60_000 }),
    before: byId,
  },
  "invitations/get-invitation-by-token": {
    rounds: [[get("invitation"), get("business")], [get("member")]],
    before: async (cast) => ({ params: { token: (await invite(cast)).token } }),
  },
  "invitations/accept-invitation": {
    rounds: [
      identity,
      [get("invitation"), get("user"), get("member")],
      // The inviter is checked; one event for the invitation, one for the member.
      [commit(ended, "invited", "event", "member", "member", "userMember", "user", "event", "ledger")],
      [...business, get("member")],
    ],
    answerBytes: 500,
    before: answered,
    by: async ({ stranger }) => stranger,
  },
  "invitations/decline-invitation": {
    rounds: [identity, [get("invitation")], [commit(ended, "invited", "event", "ledger")], [get("ledger")]],
    answerBytes: 20,
    before: answered,
    by: async ({ stranger }) => stranger,
  },
  "invitations/list-own-invitations": {
    rounds: [identity, [queryIndex("invitation", 1)], [get("business"), get("member")]],
    before: async (cast) => void (await invite(cast, cast.stranger.email)),
    by: async ({ stranger }) => stranger,
  },
};

const inHeader = {
  inHeader: true,
  headers: ({ businessId }: Cast) => ({ "x-business-id": businessId }),
} as const;

/** What doesn't happen often. */
export const rareInvitationLines: readonly Line[] = [
  {
    endpoint: "invitations/invite-members",
    when: "100 addresses",
    ...inHeader,
    rounds: [
      identity,
      [caller, ...business, getBatch("email", 100)],
      ...times(6, [openedMany(15)]),
      [openedMany(10)],
      [get("ledger"), ...business],
    ],
    // In its first hour a business may have 20 open.
    request: () => ({ body: { invitations: addresses(100) }, now: itsTime + 2 * 60 * 60 * 1_000 }),
  },
  {
    endpoint: "invitations/resend-invitation",
    when: "one that has expired",
    ...inHeader,
    rounds: [
      identity,
      [caller, get("invitation")],
      [...business, get("email")],
      [commit("member", "invited", opened, "event", "member", ...limits, "ledger", "rate")],
      ...mailed,
    ],
    request: () => ({ now: afterwards }),
    before: async (cast) => ({ params: { invitationId: await inviteInVain(cast) } }),
  },
];
