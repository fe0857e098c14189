import { expectSoundInvitations, invitationsIn } from "./invitation-invariants.ts";
import { type Death, personOf, World } from "./invitation-world.ts";

export const aMinute = 60_000;
export const aDay = 24 * 60 * aMinute;

/** A business, a day old, of an Owner (0) and an Admin (1), and two outside (2, 3). */
export async function invitationWorld() {
  const world = new World(7);
  const ids: string[] = [];
  for (const n of [0, 1, 2, 3]) ids.push((await world.call("users/get-me", n))?.body.id);
  const made = await world.call("businesses/create-business", 0, { body: { name: "Acme" } });
  const businessId = made?.body.id as string;
  await world.call("members/add-member", 0, { body: { userId: ids[1], role: "Admin" } });
  world.now += aDay;
  world.onCommit = () => expectSoundInvitations(world, businessId);
  const ask = async (key: string, who: number, options: object) =>
    (await world.call(`invitations/${key}`, who, options)) ?? {
      status: 0,
      body: {} as never,
      headers: {} as never,
    };
  return {
    world,
    businessId,
    ids,
    ask,
    invite: (n = 3, by = 1, role = "Agent") =>
      ask("invite-member", by, { body: { email: personOf(n).email, role } }),
    accept: (token = world.mails.at(-1)?.token, n = 3) => ask("accept-invitation", n, { body: { token } }),
    tick: (skew = 0, death?: Death) => world.job("jobs/expire-invitations", skew, death),
    seats: () => world.table.items.get(`BUSINESS#${businessId}\nLICENSES`)?.seats,
    all: () => invitationsIn(world, businessId),
    events: (type: string) =>
      world.table.partition(`BUSINESS#${businessId}`, "EVENT#").filter((event) => event.type === type),
  };
}
