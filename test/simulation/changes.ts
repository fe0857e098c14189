import type { Table } from "../../shared/operation.ts";
import { memberId } from "../../shared/table/ids.ts";
import { FakeSes } from "../email/fake-ses.ts";
import { type CallOptions, callOn, type Person } from "../table/in-process.ts";
import { billed, subscribe } from "./license-provokers.ts";
import { MemoryTable } from "./memory-table.ts";

export const boss: Person = { subject: "boss", email: "boss@example.com" };
const invited: Person = { subject: "invited", email: "invited@example.com" };
const other: Person = { subject: "other", email: "other@example.com" };

const later = 1_800_000_000_000 + 60_000;

/** A business of the boss's with another member in it, and two who can be added, of whom one is invited; what else a change of this key needs. */
export async function world(key = "") {
  const table = new MemoryTable();
  const [, otherId, thirdId] = [
    (await callOn(table, "users/get-me", boss)).body.id,
    (await callOn(table, "users/get-me", other)).body.id,
    (await callOn(table, "users/get-me", { subject: "third" })).body.id,
  ];
  const businessId = (await callOn(table, "businesses/create-business", boss, { body: { name: "Acme" } }))
    .body.id;
  await callOn(table, "members/add-member", boss, { body: { userId: otherId } });
  await callOn(table, "users/get-me", invited);
  const email = new FakeSes();
  await callOn(table, "invitations/invite-member", boss, { body: { email: invited.email }, email });
  const [{ invitationId = "", token = "" } = {}] = email.mails;
  if (key === "licenses/end-subscription") subscribe(table, businessId);
  return { table, otherId, thirdId, businessId, invitationId, token };
}

export type World = Awaited<ReturnType<typeof world>>;
interface Change extends CallOptions {
  /** Who makes it: the boss, unless it says another. */
  readonly by?: Person;
  /** How many audit events it leaves, where that isn't one. */
  readonly events?: number;
  /** How many mails it sends, if any. */
  readonly mails?: number;
}

/** More than one transaction takes. */
const bulk = Array.from({ length: 18 }, (_, n) => ({ email: `${n}@example.com` }));

/** Every change, in a way that it succeeds. */
export const changes: Readonly<Record<string, (ids: World) => Change>> = {
  "users/update-me": () => ({ body: { firstName: "Ada" } }),
  "users/approve-legal-terms": () => ({ body: { version: "2026-11" } }),
  "users/complete-onboarding": () => ({}),
  "user-access/create-user-access": ({ businessId, thirdId }) => ({
    params: { user_id: thirdId },
    body: { company_id: businessId, access_id: "5", primary: true },
  }),
  "user-access/update-user-access": ({ businessId, otherId }) => ({
    params: { user_id: otherId },
    body: { company_id: businessId, access_id: "3" },
  }),
  "user-access/remove-user-access": ({ businessId, otherId }) => ({
    params: { user_id: otherId, user_access_id: memberId(businessId, otherId) },
  }),
  // The user, and that the mail was sent.
  "company-users/add-user": () => ({
    body: { email: "anna@example.com", first_name: "Anna", user_code: "anna-1", send_email: true },
    events: 2,
    mails: 1,
  }),
  "businesses/create-business": () => ({ body: { name: "Second" } }),
  "businesses/update-business": () => ({ body: { name: "Renamed" } }),
  "businesses/switch-business": ({ businessId }) => ({ body: { businessId } }),
  "members/add-member": ({ thirdId }) => ({ body: { userId: thirdId } }),
  "members/update-member": ({ otherId }) => ({ params: { userId: otherId }, body: { role: "Admin" } }),
  "members/remove-member": ({ otherId }) => ({ params: { userId: otherId } }),
  "members/transfer-ownership": ({ otherId }) => ({ params: { userId: otherId } }),
  // The invitation, and that it was sent.
  "invitations/invite-member": () => ({ body: { email: "anna@example.com" }, events: 2, mails: 1 }),
  "invitations/invite-members": () => ({ body: { invitations: bulk }, events: bulk.length }),
  "invitations/revoke-invitation": ({ invitationId }) => ({ params: { invitationId } }),
  "invitations/resend-invitation": ({ invitationId }) => ({
    params: { invitationId },
    now: later,
    events: 2,
    mails: 1,
  }),
  // The answer, and the member.
  "invitations/accept-invitation": ({ token }) => ({ by: invited, body: { token }, events: 2 }),
  "invitations/decline-invitation": ({ token }) => ({ by: invited, body: { token } }),
  "licenses/limit-licenses": () => ({ body: { seatLimit: 5 } }),
  "licenses/begin-subscription": () => ({ body: { billingPlan: "Monthly" }, stripe: billed() }),
  // Stripe is told when it is back.
  "licenses/end-subscription": () => ({ stripe: billed("down") }),
};

/** What takes an Idempotency-Key as every POST does, and changes nothing. */
export const questions = ["licenses/open-billing-portal", "licenses/preview-licenses"];

/** Makes a change, once for however often it is made, and tells what came of it. */
export async function make(key: string, from: World, on: Table, over: Pick<CallOptions, "now"> = {}) {
  const { by = boss, events = 1, mails = 0, ...options } = changes[key]?.(from) ?? {};
  const email = new FakeSes();
  const before = eventsIn(from.table);
  const headers = { "idempotency-key": "k" };
  const answer = await callOn(on, key, by, { ...options, headers, email, ...over });
  const changed = { events: eventsIn(from.table) - before, mails: email.mails.length };
  return { ...answer, changed, once: { events, mails } };
}

const eventsIn = (table: MemoryTable) =>
  [...table.items.values()].filter(({ sk }) => String(sk).startsWith("EVENT#")).length;
