import { hours, Simulation } from "./simulation.ts";
import { type World, worlds } from "./worlds.ts";

/** How many people there are: an Owner, an Admin and an Agent of the business, and the others outside. */
export const people = 6;

/** A business an hour old, with or without a subscription, as the functions themselves have made it. */
async function made(subscribed: boolean): Promise<World> {
  const simulation = new Simulation({ seed: 0, faults: [], slow: 1_000 });
  simulation.configure({ proration: "create_prorations" });
  let called = 0;
  const call = async (key: string, who: number, body?: unknown) => {
    called += 1;
    const calling = simulation.call(`begin ${called}`, key, who, { body });
    await simulation.timeline.run(simulation.now + 5_000);
    const ended = await calling;
    if (!("value" in ended) || ended.value.status >= 300)
      throw new Error(`the world can't begin: ${key} fails`);
    return ended.value.body;
  };
  const userIds: string[] = [];
  for (let n = 0; n < people; n += 1) userIds.push((await call("users/get-me", n)).id);
  const { id: businessId } = await call("businesses/create-business", 0, { name: "Acme" });
  simulation.businessId = businessId;
  await call("members/add-member", 0, { userId: userIds[1], role: "Admin" });
  await call("members/add-member", 0, { userId: userIds[2] });
  if (subscribed) {
    await call("licenses/begin-subscription", 0, { billingPlan: "Monthly" });
    const { id = "" } = simulation.watch.ledger.customer as { id?: string };
    simulation.stripe.subscribe(id, { price_monthly_base: 1, price_monthly: 1 });
    simulation.tellByWebhook("customer.subscription.created");
    await simulation.timeline.run(simulation.now + 10_000);
    for (let n = 0; n < 3; n += 1) {
      simulation.job(`begin tick ${n}`, "apply-licenses");
      await simulation.timeline.run(simulation.now + 60_000);
    }
  }
  await simulation.timeline.run(simulation.now + 1 * hours);
  return {
    items: [...simulation.table.items],
    subscriptions: [...simulation.stripe.subscriptions.values()],
    customers: [...simulation.stripe.customers],
    businessId,
    userIds,
  };
}

/** Makes the worlds, before a bug is planted anywhere. */
export async function makeWorlds(): Promise<void> {
  for (const subscribed of [true, false]) worlds.set(subscribed, await made(subscribed));
}

/** Puts the begun world into a simulation. */
export function begin(simulation: Simulation, subscribed: boolean): void {
  const world = worlds.get(subscribed);
  if (!world) throw new Error("makeWorlds() comes first");
  const { items, subscriptions, customers, ...ids } = world;
  const { changed, lag } = simulation.table.items;
  Object.assign(simulation.table.items, { changed: () => {}, lag: (hear: () => void) => hear() });
  // Events of Stripe are numbered anew.
  for (const [at, item] of items) if (!at.startsWith("STRIPE_EVENT#")) simulation.table.items.set(at, item);
  Object.assign(simulation.table.items, { changed, lag });
  for (const one of subscriptions) simulation.stripe.subscriptions.set(one.id, one);
  for (const id of customers) simulation.stripe.customers.add(id);
  Object.assign(simulation, ids);
  simulation.timeline.now += 3 * hours;
  simulation.watch.begin();
}
