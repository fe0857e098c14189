import { createHash } from "node:crypto";
import type { BusinessItem } from "../../shared/table/businesses.ts";
import { dueAt, type InvitationItem, type InvitedItem, openKeys } from "../../shared/table/invitations.ts";
import type { LicensesItem } from "../../shared/table/licenses.ts";
import type { MemberItem } from "../../shared/table/members.ts";
import { type Key, key } from "../../shared/table/schema.ts";

/** How many open invitations there are, how many of them are due for a reminder, and how many expire. */
export interface Population {
  readonly size: number;
  readonly reminders: number;
  readonly expiries: number;
}

/** In the benchmark's time: when reminders are due, and an hour later the expiries. */
export const remindersAt = Date.UTC(2027, 0, 15, 8);
const anHour = 60 * 60 * 1_000;
export const expiriesAt = remindersAt + anHour;

const aDay = 24 * anHour;
const perBusiness = 100;
/** However many there are, what is due is spread alike: else the batches would differ, not the table. */
const dueOfEach = 10;
const remindersOfEach = 2;

/** All items of a table of businesses whose invitations are open, a few due and most not. */
export function* itemsOf({ size, reminders, expiries }: Population): Generator<Key> {
  const businesses = Math.max(expiries / dueOfEach, Math.ceil(size / perBusiness));
  let [made, toRemind, toExpire] = [0, reminders, expiries];
  for (let b = 0; b < businesses; b += 1) {
    const businessId = numbered("biz", b);
    const share = Math.ceil((size - made) / (businesses - b));
    yield* business(businessId, b, share);
    for (let n = 0; n < share; n += 1, made += 1) {
      const expires = n < dueOfEach && toExpire > 0;
      const reminds = n >= dueOfEach && n < dueOfEach + remindersOfEach && toRemind > 0;
      if (expires) toExpire -= 1;
      if (reminds) toRemind -= 1;
      yield* invitation(businessId, made, expires ? "expires" : reminds ? "reminds" : "waits");
    }
  }
}

const numbered = (prefix: string, n: number) => `${prefix}_0${String(n).padStart(25, "0")}`;

function* business(id: string, n: number, openInvitations: number): Generator<Key> {
  const userId = numbered("usr", n);
  const created = { createdAt: remindersAt - 90 * aDay, createdByUserId: userId };
  const profile: BusinessItem = {
    id,
    name: `Analytical Engines ${n}`,
    ownerCount: 1,
    version: 0,
    ...created,
  };
  const seats = openInvitations + 1;
  const licenses: LicensesItem = { seats, openInvitations, revision: seats, desiredVersion: seats };
  const member: MemberItem = {
    id: numbered("mem", n),
    businessId: id,
    userId,
    access: "owner",
    state: "Active",
    userName: "Augusta Ada King, Countess of Lovelace",
    userEmail: `ada-${n}@analytical-engines.example`,
    userEmailKey: `ada-${n}@analytical-engines.example`,
    ...created,
  };
  yield { ...key.business(id), ...profile };
  yield { ...key.licenses(id), ...licenses };
  yield { ...key.member(id, userId), ...member };
}

function* invitation(businessId: string, n: number, does: "expires" | "reminds" | "waits"): Generator<Key> {
  const [id, email] = [numbered("inv", n), `grace-${n}@bernoulli-press.example`];
  const expiresAt = {
    expires: expiriesAt - 1,
    reminds: remindersAt + 2 * aDay - 1,
    waits: remindersAt + 3 * aDay + n,
  }[does];
  const openedAt = expiresAt - 7 * aDay;
  const isReminded = does === "expires";
  const item: InvitationItem = {
    id,
    businessId,
    email,
    emailKey: email,
    access: "agent",
    state: "Pending",
    invitedByUserId: numbered("usr", Number(businessId.slice(-25))),
    createdAt: openedAt,
    openedAt,
    expiresAt,
    lifeDays: 7,
    tokenHashes: [createHash("sha256").update(id).digest("base64url")],
    sendNo: isReminded ? 2 : 1,
    tries: 0,
    askedAt: openedAt,
    sentAt: openedAt,
    deliveredAt: openedAt,
    ...(isReminded && { remindedAt: expiresAt - 2 * aDay }),
  };
  const due = dueAt(isReminded ? expiresAt : expiresAt - 2 * aDay);
  yield { ...key.invitation(businessId, id), ...item, ...openKeys(item), ...due };
  const claim: InvitedItem = { invitationId: id, expiresAt };
  yield { ...key.invited(businessId, email), ...claim };
}
