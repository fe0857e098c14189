import { begin } from "./begin.ts";
import { send } from "./client.ts";
import type { Violation } from "./invariants.ts";
import type { Act, Job, Schedule } from "./schedule.ts";
import { beginning, hours, minutes, Simulation, seconds } from "./simulation.ts";

export interface Played {
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  readonly simulation: Simulation;
}

/** How soon after the last change, crash or outage Stripe has the seats: within a minute's tick, and its pauses. */
const settling = 2 * minutes;
const aDay = 24 * hours;

/** Plays a schedule; then lets it be quiet, and looks whether all has come right, if wanted until nothing is open. */
export async function play(schedule: Schedule, isTraced = false, toTheEnd = true): Promise<Played> {
  const simulation = new Simulation(schedule, isTraced);
  simulation.configure(schedule);
  begin(simulation, schedule.subscribed);
  const start = simulation.now;
  for (const act of schedule.acts) simulation.timeline.at(start + act.at, () => perform(simulation, act));
  for (const weather of schedule.weather)
    simulation.timeline.at(start + weather.at, () => {
      simulation.weather = weather;
    });
  const last = Math.max(0, ...schedule.acts.map(({ at }) => at), ...schedule.weather.map(({ at }) => at));
  const pauses = [...schedule.acts].map(({ at }) => start + at).sort((a, b) => a - b);
  await passing(simulation, start + last + 1 * seconds, pauses);
  simulation.weather = { at: 0, stripe: "well", mail: "well" };
  await becalm(simulation, schedule, toTheEnd);
  return { violations: simulation.watch.violations, trace: simulation.trace, simulation };
}

function perform(simulation: Simulation, act: Act): void {
  const { deed } = act;
  const { stripe } = simulation;
  if (deed.do === "tick") {
    for (let n = 1; n <= act.times; n += 1)
      simulation.job(`${act.id} ${deed.job} tick ${n}`, deed.job, {}, act.skew);
  } else if (deed.do === "card") {
    stripe.declines = !deed.works;
    if (deed.works) {
      stripe.paymentMethodId += "+";
      simulation.tellByWebhook("payment_method.attached");
    }
  } else if (deed.do === "webhook") {
    for (let n = 0; n < deed.times; n += 1)
      simulation.tellByWebhook("customer.subscription.updated", `evt_${act.id}`);
  } else if (deed.do === "dashboard") {
    const { itemId = "" } = simulation.watch.ledger.subscription ?? {};
    const quantity = stripe.item(itemId)?.quantity;
    if (quantity !== undefined) stripe.setByHand(itemId, Math.max(0, quantity + deed.by));
  } else if (deed.do === "cancel at Stripe") {
    for (const { id } of stripe.subscriptions.values()) stripe.cancel(id);
    simulation.tellByWebhook("customer.subscription.deleted");
  } else if (deed.do === "pay at Stripe") payAtStripe(simulation);
  else if (deed.do === "pause") {
    for (const { id } of stripe.subscriptions.values()) stripe.change(id, { paused: deed.paused });
    simulation.tellByWebhook("customer.subscription.updated");
  } else for (let twin = 1; twin <= act.times; twin += 1) send(simulation, act, twin);
}

/** Somebody pays on Stripe's page, which lets nobody who pays already. */
function payAtStripe(simulation: Simulation): void {
  const { stripe, watch } = simulation;
  const { id } = watch.ledger.customer ?? {};
  if (!id || livingAt(stripe).length > 0) return;
  stripe.subscribe(id, { price_monthly_base: 1, price_monthly: 1 });
  simulation.tellByWebhook("customer.subscription.created");
}

const livingAt = ({ subscriptions }: Simulation["stripe"]) =>
  [...subscriptions.values()].filter(({ status }) => status !== "canceled");

/** Each minute's jobs, twice now and then; where nothing is about to happen for long, a few of them stand for all. */
async function passing(simulation: Simulation, until: number, pauses: readonly number[] = []): Promise<void> {
  while (simulation.now < until) {
    const next = pauses.find((at) => at > simulation.now) ?? until;
    const gap = next - simulation.now;
    const step = gap > 20 * minutes ? Math.ceil(gap / 5) : 1 * minutes;
    await simulation.timeline.run(Math.min(simulation.now + step, until));
    tick(simulation, "apply-licenses");
    tick(simulation, "expire-invitations");
    if (minuteOf(simulation) % 10 === 0 || step > 10 * minutes) tick(simulation, "reconcile-licenses");
  }
}

const dueKinds = {
  "apply-licenses": "DUE#LICENSES",
  "expire-invitations": "DUE#INVITATION",
  "reconcile-licenses": "DUE#RECONCILE",
} as const satisfies Record<Job, string>;

/** A tick that would find nothing is left out: it takes most of the time, and changes nothing. */
function isDue({ table, businessId, now }: Simulation, job: Job): boolean {
  for (const { gsi2pk, gsi2sk } of table.items.of(`BUSINESS#${businessId}`))
    if (String(gsi2pk).startsWith(dueKinds[job]) && Date.parse(String(gsi2sk)) <= now) return true;
  return false;
}

function tick(simulation: Simulation, job: Job): void {
  if (!isDue(simulation, job)) return;
  const times = simulation.timeline.chance(10) === 0 ? 2 : 1;
  for (let n = 1; n <= times; n += 1) simulation.job(`${job} tick ${minuteOf(simulation)}.${n}`, job);
}

const minuteOf = ({ now }: Simulation) => Math.round((now - beginning - 3 * hours) / minutes);

/** Quiet: two minutes later Stripe has the seats; in the end no invitation is open, and Stripe has the rest. */
async function becalm(simulation: Simulation, schedule: Schedule, toTheEnd: boolean): Promise<void> {
  const { watch, timeline } = simulation;
  const calmAt = simulation.now;
  const skewed = Math.max(0, ...schedule.acts.map(({ skew }) => Math.abs(skew)));
  // An outage that ends while something else goes wrong takes as long as both.
  const isBack = schedule.weather.some(({ stripe }) => stripe !== "well");
  const allowed = settling + 2 * skewed + (isBack ? 30 * seconds : 0);
  await passing(simulation, calmAt + allowed);
  // What was under way for long may have changed something meanwhile.
  for (let more = 0; more < 6 && isExcused(simulation, allowed); more += 1)
    await passing(simulation, simulation.now + 1 * minutes);
  const isMeddledWith = schedule.acts.some(
    ({ deed }) => deed.do === "dashboard" || deed.do === "pay at Stripe",
  );
  if (!isMeddledWith) settle(simulation, "settled in time");
  if (watch.unpublished.length > 0)
    watch.violated("events are published", `${watch.unpublished.length} are not`);
  if (isMeddledWith) await passing(simulation, simulation.now + 70 * minutes);
  settle(simulation, "Stripe has the seats");
  if (isMeddledWith) expectKnown(simulation);
  const isAnyOpen = simulation.table.partition(`BUSINESS#${simulation.businessId}`, "INVITED#").length > 0;
  if (!isAnyOpen || !toTheEnd) return;
  for (let n = 0; n < 18; n += 1) {
    await timeline.run(simulation.now + 5 * minutes);
    tick(simulation, "expire-invitations");
  }
  await timeline.run(simulation.now + 1 * minutes);
  expectMailed(simulation);
  for (let n = 0; n < 2; n += 1) {
    await timeline.run(simulation.now + 20 * aDay);
    await passing(simulation, simulation.now + 3 * minutes + skewed);
  }
  const open = simulation.table.partition(`BUSINESS#${simulation.businessId}`, "INVITED#");
  if (open.length > 0)
    watch.violated("nothing stays open", `${open.length} invitations are open after 40 days`);
  settle(simulation, "Stripe has the seats");
}

/** Whether something was changed, or died, so late that Stripe may have its time yet. */
function isExcused({ now, watch, invocations }: Simulation, time: number): boolean {
  return watch.settledAt === undefined && now - Math.max(watch.changedAt, invocations.lastFaultAt) < time;
}

function settle({ watch, stripe }: Simulation, invariant: "settled in time" | "Stripe has the seats"): void {
  const { op, seats, desiredVersion, subscription, parked, drift } = watch.ledger;
  if (watch.settledAt !== undefined || parked?.version === desiredVersion || drift) return;
  const quantity = stripe.item(subscription?.itemId ?? "")?.quantity;
  watch.violated(
    invariant,
    `${seats} seats, ${quantity} at Stripe${op ? `, an intent of ${op.request.quantity} is open` : ""}`,
  );
}

/** Whoever pays is billed for the seats; whoever doesn't, isn't. */
function expectKnown({ watch, stripe }: Simulation): void {
  const [living] = livingAt(stripe);
  const { subscription } = watch.ledger;
  if (subscription?.id !== living?.id)
    watch.violated(
      "who pays is known",
      `${living?.id ?? "nothing"} pays at Stripe, the ledger says ${subscription?.id ?? "nothing"}`,
    );
}

function expectMailed({ table, businessId, watch }: Simulation): void {
  for (const { state, owed, sentAt, sendFailureReason } of table.partition(
    `BUSINESS#${businessId}`,
    "INVITATION#",
  )) {
    if (state === "Failed" && !sendFailureReason)
      watch.violated("no invitation is lost", "one failed and says not why");
    if (state === "Pending" && (owed !== undefined || sentAt === undefined) && !sendFailureReason)
      watch.violated("no invitation is lost", `an open one owes its ${owed}, and says not why`);
  }
}
