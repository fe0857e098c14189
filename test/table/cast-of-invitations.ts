import { nextDue } from "../../shared/domain/invitation-schedule.ts";
import { defaultInvitationSettings } from "../../shared/domain/invitation-settings.ts";
import type { Table } from "../../shared/operation.ts";
import { invitationOf } from "../../shared/table/draft-invitation.ts";
import { expireInvitations } from "../../shared/table/expire-invitations.ts";
import { mintToken } from "../../shared/table/invitation-token.ts";
import { dueAt, openKeys } from "../../shared/table/invitations.ts";
import { key } from "../../shared/table/schema.ts";
import { FakeSes } from "../email/fake-ses.ts";
import { type Cast, numbered, somebody, store } from "./cast.ts";
import { callOn, itsTime } from "./in-process.ts";

const aDay = 24 * 60 * 60 * 1_000;
const { lifeDays, reminderDays } = defaultInvitationSettings;

/** Once whatever was made at the usual time has expired. */
export const afterwards = itsTime + (lifeDays + 1) * aDay;

/** Invites an address: by default nobody's. */
export async function invite({ table, owner }: Cast, email = somebody().email) {
  const ses = new FakeSes();
  await callOn(table, "invitations/invite-member", owner, { body: { email }, email: ses });
  const [{ invitationId = "", token = "" } = {}] = ses.mails;
  return { invitationId, token };
}

/** Invites the stranger, who doesn't answer in time. */
export async function inviteInVain(cast: Cast) {
  const { table, businessId, owner, stranger } = cast;
  const { invitationId: id } = await invite(cast, stranger.email);
  const context = { table, now: afterwards, timeLeft: () => 5_000, cleared: async () => {} };
  await expireInvitations.run(context, businessId, [{ id, businessId, emailKey: stranger.email }]);
  await callOn(table, "businesses/get-business", owner, { now: afterwards }); // notes the day's use
  return id;
}

/** Open invitations by the Owner whose mail was sent, straight into the table. */
export async function fillInvitations(
  table: Table,
  { businessId, owner }: Pick<Cast, "businessId" | "owner">,
  count: number,
  now = itsTime,
) {
  const context = { table, now, timeLeft: () => 5_000, cleared: async () => {} };
  const by = { businessId, userId: (await callOn(table, "users/get-me", owner)).body.id };
  await store(table, count, (n) => {
    const id = numbered("inv", n);
    const address = `ada-${n}@analytical-engines.example.com`;
    const draft = {
      id,
      email: { address, key: address },
      access: "agent",
      lifeDays,
      holders: [],
    } as const;
    const { owed: _, ...invitation } = invitationOf(context, draft, by, mintToken(businessId, id).hash);
    const due = dueAt(nextDue(invitation, reminderDays));
    const sent = { tries: 0, sentAt: now, ...openKeys(invitation), ...due };
    return { ...key.invitation(businessId, id), ...invitation, ...sent };
  });
  await store(table, count, (n) => {
    const at = key.invited(businessId, `ada-${n}@analytical-engines.example.com`);
    return { ...at, invitationId: numbered("inv", n), expiresAt: now + lifeDays * aDay };
  });
}
