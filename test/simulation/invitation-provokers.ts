import { unknown } from "../api/registry.ts";
import { FakeSes } from "../email/fake-ses.ts";
import { callOn, runJobOn } from "../table/in-process.ts";
import {
  admin,
  agent,
  ask,
  boss,
  keepOut,
  nobody,
  now,
  nowhere,
  outsider,
  type Provoke,
  repeated,
  type World,
} from "./world.ts";

const aDay = 24 * 60 * 60 * 1_000;

/** Invites the outsider, or another address, to be an Agent or more, for a day. */
export async function invite({ table }: World, { by = boss, email = outsider.email, role = "Agent" } = {}) {
  const ses = new FakeSes();
  const body = { email, role, expiresInDays: 1 };
  const answer = await callOn(table, "invitations/invite-member", by, { body, now, email: ses });
  const [mail] = ses.mails;
  if (!mail) throw new Error(`not invited: ${JSON.stringify(answer.body)}`);
  return { params: { invitationId: mail.invitationId }, answer: { token: mail.token } };
}

/** Has the job end what is overdue a day later, when an invitation may be resent. */
async function expireAll({ table }: World) {
  await runJobOn(table, "jobs/expire-invitations", { now: now + aDay });
  return { now: now + aDay + 1 };
}

const addresses = (count: number) => Array.from({ length: count }, (_, n) => ({ email: `${n}@example.com` }));

const inviteMany = ({ table }: World, count: number, at = now) =>
  callOn(table, "invitations/invite-members", boss, { body: { invitations: addresses(count) }, now: at });

const revoke = ({ table }: World, params: Record<string, string>) =>
  callOn(table, "invitations/revoke-invitation", boss, { params, now });

/** Answers an invitation that is not there: what is no longer there, or never was, is found missing by the answer. */
const rebuiltWithout =
  (outcome: object): Provoke =>
  (world, key) =>
    repeated(world, key, 40_000, { businessId: world.ids.business, ...outcome });

/** How each failure of the endpoints of invitations comes about. */
export const byInvitation: Readonly<Record<string, Provoke>> = {
  "invitations/invite-member already_member": ({ table }, key) =>
    ask(table, key, boss, { body: { email: agent.email } }),
  "invitations/invite-member member_inactive": async (world, key) => {
    await keepOut(world);
    return ask(world.table, key, boss, { body: { email: outsider.email } });
  },
  "invitations/invite-member already_invited": async (world, key) => {
    await invite(world);
    return ask(world.table, key, boss, { body: { email: outsider.email } });
  },
  "invitations/invite-member invitation_limit_reached": async (world, key) => {
    await inviteMany(world, 20);
    return ask(world.table, key, boss);
  },
  "invitations/invite-member role_too_high": ({ table }, key) =>
    ask(table, key, admin, { body: { email: outsider.email, role: "Owner" } }),
  "invitations/invite-member invitation_not_found": rebuiltWithout({ invitationId: unknown.invitationId }),
  "invitations/get-invitation invitation_not_found": ({ table }, key) => ask(table, key, boss),
  "invitations/revoke-invitation invitation_not_found": ({ table }, key) => ask(table, key, boss),
  "invitations/revoke-invitation invitation_not_open": async (world, key) => {
    const { params } = await invite(world);
    await revoke(world, params);
    return ask(world.table, key, boss, { params });
  },
  "invitations/revoke-invitation role_too_high": async (world, key) => {
    const { params } = await invite(world, { role: "Owner" });
    return ask(world.table, key, admin, { params });
  },
  "invitations/resend-invitation invitation_not_found": ({ table }, key) => ask(table, key, boss),
  "invitations/resend-invitation invitation_not_resendable": async (world, key) => {
    const { params } = await invite(world);
    await revoke(world, params);
    return ask(world.table, key, boss, { params, now: now + aDay });
  },
  "invitations/resend-invitation resend_limit_reached": async (world, key) => {
    const { params } = await invite(world);
    return ask(world.table, key, boss, { params });
  },
  "invitations/resend-invitation invitation_limit_reached": async (world, key) => {
    const { params } = await invite(world);
    const later = await expireAll(world);
    await inviteMany(world, 30, later.now);
    return ask(world.table, key, boss, { params, ...later });
  },
  "invitations/resend-invitation already_invited": async (world, key) => {
    const { params } = await invite(world);
    const later = await expireAll(world);
    await ask(world.table, "invitations/invite-member", boss, { body: { email: outsider.email }, ...later });
    return ask(world.table, key, boss, { params, ...later });
  },
  "invitations/resend-invitation already_member": async (world, key) => {
    const { params } = await invite(world);
    const later = await expireAll(world);
    const body = { userId: world.ids.outsider };
    await ask(world.table, "members/add-member", boss, { body, ...later });
    return ask(world.table, key, boss, { params, ...later });
  },
  "invitations/resend-invitation member_inactive": async (world, key) => {
    const { params } = await invite(world);
    const later = await expireAll(world);
    await keepOut(world);
    return ask(world.table, key, boss, { params, ...later });
  },
  "invitations/resend-invitation role_too_high": async (world, key) => {
    const { params } = await invite(world, { role: "Owner" });
    return ask(world.table, key, admin, { params, now: now + aDay / 2 });
  },
  "invitations/get-invitation-by-token invitation_not_found": ({ table }, key) => ask(table, key, boss),
  ...answering("accept-invitation"),
  ...answering("decline-invitation"),
  "invitations/accept-invitation inviter_cannot_grant": async (world, key) => {
    const { answer } = await invite(world, { by: admin });
    const params = { userId: world.ids.admin ?? "" };
    await ask(world.table, "members/remove-member", boss, { params });
    return ask(world.table, key, outsider, { body: answer });
  },
  "invitations/accept-invitation business_not_found": rebuiltWithout({ businessId: nowhere, userId: nobody }),
  "invitations/accept-invitation member_not_found": rebuiltWithout({ userId: nobody }),
};

/** How an answer to an invitation is refused, whichever it is. */
function answering(name: string): Readonly<Record<string, Provoke>> {
  return {
    [`invitations/${name} invitation_not_found`]: ({ table }, key) => ask(table, key, boss),
    [`invitations/${name} invitation_not_open`]: async (world, key) => {
      const { params, answer } = await invite(world);
      await revoke(world, params);
      return ask(world.table, key, outsider, { body: answer });
    },
    [`invitations/${name} invited_another_email`]: async (world, key) => {
      const { answer } = await invite(world);
      return ask(world.table, key, agent, { body: answer });
    },
    [`invitations/${name} email_not_verified`]: async (world, key) => {
      const { answer } = await invite(world);
      return ask(world.table, key, { ...outsider, emailVerified: false }, { body: answer });
    },
  };
}
