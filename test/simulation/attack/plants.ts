import type { Kind } from "./explore.ts";
import type { Invariant } from "./invariants.ts";

export interface Edit {
  readonly file: string;
  /** Stands in the file once. */
  readonly from: string;
  readonly to: string;
}

/** A bug that the simulation must find: an edit of the source, made while it is loaded, and nowhere else. */
export interface Plant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The invariant that it must be caught by. */
  readonly breaks: Invariant;
  /** Where it is looked for, if it would take long everywhere. */
  readonly among?: Kind;
}

/** An edit is of the bug's own file, or of another that it names. */
const plant = (
  name: string,
  breaks: Invariant,
  own: string,
  ...edits: [from: string, to: string, file?: string][]
): Plant => ({ name, breaks, edits: edits.map(([from, to, file = own]) => ({ file, from, to })) });

const intents = "shared/domain/ledger-intents.ts";
const work = "shared/domain/ledger-work.ts";
const intentSteps = "shared/billing/intent-steps.ts";
const stored = "shared/table/ledger.ts";
const answers = "shared/domain/stripe-answers.ts";

const bugs: readonly Plant[] = [
  plant("no compare-and-set on op", "one open intent", stored, [
    "return { turn: turn ?? null, desired",
    "return { desired",
  ]),
  plant("no compare-and-set on desiredVersion", "work is due", stored, [
    "return { turn: turn ?? null, desiredVersion, refresh",
    "return { turn: turn ?? null, refresh",
  ]),
  plant("a fresh key on retry", "sent as written", intentSteps, [
    "setQuantity(op.request, op.uuid,",
    "setQuantity(op.request, randomUUID(),",
  ]),
  plant("the quantity of now under the key of then", "sent as written", intentSteps, [
    "setQuantity(op.request, op.uuid,",
    "setQuantity({ ...op.request, quantity: ledger.seats }, op.uuid,",
  ]),
  plant("closed on a 4xx that Stripe did not store", "one open intent", answers, [
    'mayMeanGone.has(status) ? "perhaps gone" : "unknown"',
    'mayMeanGone.has(status) ? "perhaps gone" : "failed"',
  ]),
  plant("closed where no answer was heard", "one open intent", answers, [
    'if (status === null) return "unknown";',
    'if (status === null) return "failed";',
  ]),
  plant("silence counts as success", "one open intent", answers, [
    'if (status === null) return "unknown";',
    'if (status === null) return "applied";',
  ]),
  plant(
    "another intent without waiting for the answer",
    "one open intent",
    work,
    ["isOpen: (ledger) => !ledger.op && isBehind", "isOpen: (ledger) => isBehind"],
    [
      "work.find(({ step, isOpen, from }) =>",
      '[...work].sort((a) => (a.step === "open" ? -1 : 0)).find(({ step, isOpen, from }) =>',
    ],
  ),
  plant("what others have closed is opened again", "declined once", intents, [
    'if (!subscription || dueStep(ledger, now, ["open"]) !== "open")',
    "if (!subscription || ledger.op)",
  ]),
  plant("one more instead of how many", "Stripe has the seats", intents, [
    "quantity: seats, ...settings",
    "quantity: (ledger.appliedQuantity ?? 0) + 1, ...settings",
  ]),
  plant("a declined card parks nothing", "declined once", intents, [
    "return { ...closed(ledger, now), behindSince: undefined, parked };",
    "return { ...closed(ledger, now), behindSince: undefined, parked: undefined && parked };",
  ]),
  plant("the pace counts from when an intent was closed", "settled in time", intents, [
    "nextAt: (op?.openedAt ?? now) + limits.pacing",
    "nextAt: now + limits.pacing",
  ]),
  plant(
    "a subscription that has ended goes on paying",
    "who pays is known",
    "shared/billing/our-subscription.ts",
    ["const ours = subscriptions.filter(isAlive).flatMap(", "const ours = subscriptions.flatMap("],
  ),
  plant("open work is not listed", "work is due", stored, [
    'return { gsi2pk: duePartition("LICENSES", shard), gsi2sk: dueTime(at) };',
    'return { gsi2pk: duePartition("RECONCILE", shard), gsi2sk: dueTime(at) };',
  ]),
  plant("news count as read that came after", "news are read", "shared/billing/refresh-step.ts", [
    "refreshed(now, facts, seen, desk.now())",
    "refreshed(now, facts, now.refreshWanted ?? seen, desk.now())",
  ]),
  plant("a recount without the revision", "seats are counted", "shared/billing/reconcile.ts", [
    "{ revision: ledger.revision }",
    "{}",
  ]),
  plant(
    "a license given back before the commit",
    "seats are counted",
    "shared/table/remove-member.ts",
    [
      "return [...departureWrites(departing, memberSet), changeSeats(businessId, { seats: -1 })];",
      "return [...departureWrites(departing, memberSet)];",
    ],
    [
      "      await commit(\n",
      "      await commit(context, [changeSeats(businessId, { seats: -1 })]);\n      await commit(\n",
    ],
  ),
  plant("counted twice at accept", "seats are counted", "shared/table/accept-invitation.ts", [
    "          changeSeats(businessId, { openInvitations: -1 }),",
    "          changeSeats(businessId, { seats: 1, openInvitations: -1 }),",
  ]),
  plant("expired and not given back", "seats are counted", "shared/table/end-invitation.ts", [
    "changeSeats(businessId, { seats: -holders, openInvitations: -holders })];",
    "changeSeats(businessId, { openInvitations: -holders })];",
  ]),
  plant("declined and not given back", "seats are counted", "shared/table/answer-invitation.ts", [
    "changeSeats(businessId, { seats: -1, openInvitations: -1 }),",
    "changeSeats(businessId, { openInvitations: -1 }),",
  ]),
  plant("added beside an open invitation", "invited or member", "shared/table/add-member.ts", [
    'return [{ check: at, when: "missing", ...(orElse && { orElse }) }];',
    "return at ? [] : [];",
  ]),
  plant("the claim stays when an invitation ends", "one claim", "shared/table/end-invitation.ts", [
    "delete: key.invited(businessId, emailKey),",
    "check: key.invited(businessId, emailKey),",
  ]),
  plant("a mail without its claim", "mail is claimed", "functions/jobs/expire-invitations.ts", [
    'const claimed = await tick.uses.claimMail(invitation, invitation.owed ?? "reminder");',
    'const claimed = { invitation: { ...invitation, sendNo: invitation.sendNo + 1 }, token: "t" };',
  ]),
  plant("a claim that two can have", "no mail twice", "shared/table/mail-invitation.ts", [
    'when: { ...moveCondition("send", now), sendNo: read.sendNo, gsi2sk: read.gsi2sk ?? null },',
    'when: moveCondition("send", now),',
  ]),
  plant("a claim is not due again", "listed while open", "shared/table/mail-invitation.ts", [
    "...dueAt(now + claimedFor) }",
    "...dueAt(now + 200 * claimedFor) }",
  ]),
  plant("the record outside the transaction", "one outcome", "shared/table/commit.ts", [
    "const writes = [...record, ...changes];",
    "const writes = record.length > 9 ? [...record, ...changes] : [...changes];",
  ]),
  plant("another token for each attempt", "answers are true", "shared/table/commit.ts", [
    "new TransactWriteCommand(input)",
    "new TransactWriteCommand({ ...input, ClientRequestToken: randomUUID() })",
  ]),
  plant("the caller is not checked", "caller may", "shared/table/add-member.ts", [
    "        callerMay(caller, role),\n",
    "",
  ]),
  plant("the inviter is not checked", "inviter may grant", "shared/table/accept-invitation.ts", [
    "          inviterMayGrant(invitation, userId),\n",
    "",
  ]),
  plant("the limit is not in the transaction", "within the limit", "shared/table/licenses.ts", [
    '{ when: { seats: { belowLimit: "seatLimit" } }, orElse: LicenseLimitReached }',
    '{ when: "exists", orElse: LicenseLimitReached }',
  ]),
  plant("the last owner may go", "an owner stays", "shared/table/change-member.ts", [
    'when: difference < 0 ? { ownerCount: { atLeast: 2 } } : "exists",',
    'when: "exists",',
  ]),
  plant("one side of a membership stays", "two sides", "shared/table/remove-member.ts", [
    '{ delete: key.userMember(userId, businessId), when: "exists", orElse: changedMeanwhile },',
    "",
  ]),
  plant("accepted after its life", "moves by the rules", "shared/domain/invitations.ts", [
    'to: "Accepted",\n    expiry: "ahead",',
    'to: "Accepted",',
  ]),
  plant("what is overdue waits", "nothing stays open", "shared/domain/invitation-schedule.ts", [
    'if (expiresAt <= now) return "expire";',
    'if (expiresAt <= now) return "wait";',
  ]),
  plant(
    "done, whatever the table said",
    "answers are true",
    "shared/table/revoke-invitation.ts",
    ["      await commit(\n", "      await Promise.allSettled([commit(\n"],
    ["        { businessId, invitationId },\n      );", "        { businessId, invitationId },\n      )]);"],
  ),
  plant(
    "a bus that does not answer is forgotten",
    "events are published",
    "functions/jobs/publish-events.ts",
    [
      "await uses.publishEvents(changes.map(announcementOf));",
      "await uses.publishEvents(changes.map(announcementOf)).catch(() => []);",
    ],
  ),
];

/** What has to be going on for a bug to show, where that hardly happens by chance. */
const shownBy: Readonly<Record<string, Kind>> = {
  "no compare-and-set on op": "invitation",
  "no compare-and-set on desiredVersion": "rights",
  "the pace counts from when an intent was closed": "found",
  "what others have closed is opened again": "found",
  "a claim that two can have": "invitation",
  "another token for each attempt": "rights",
  "a bus that does not answer is forgotten": "single",
  "a declined card parks nothing": "card",
  "a recount without the revision": "recount",
  "declined and not given back": "invitation",
  "added beside an open invitation": "invitation",
  "the caller is not checked": "rights",
  "the inviter is not checked": "invitation",
  "the limit is not in the transaction": "limit",
  "the last owner may go": "owners",
  "a subscription that has ended goes on paying": "again",
  "accepted after its life": "expiry",
  "done, whatever the table said": "invitation",
};

export const plants: readonly Plant[] = bugs.map((bug) => {
  const among = shownBy[bug.name];
  return among ? { ...bug, among } : bug;
});
