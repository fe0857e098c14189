import type { Address } from "./explore.ts";
import { invariants } from "./invariants.ts";
import { play } from "./play.ts";
import type { Deed, Schedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import { beginning, seconds } from "./simulation.ts";

/** What a broken invariant comes from, to be read in a minute: who did what, what went wrong, what the ledger said. */
export async function story(address: Address, schedule: Schedule): Promise<string> {
  const { violations } = await play(schedule);
  const [first] = violations;
  if (!first) return `${address} breaks nothing.`;
  const shrunk = await shrink(schedule, first.invariant);
  const { violations: again, trace, simulation } = await play(shrunk, true);
  const violation = again.find(({ invariant }) => invariant === first.invariant) ?? first;
  const time = (at: number) => `${(at / seconds).toFixed(2).padStart(9)} s  `;
  const start = simulation.watch.beganAt;
  const told = [
    ...shrunk.acts.map(({ id, at, deed, times, skew, keyed }) => {
      const more = [
        times > 1 && `${times} at once`,
        !keyed && "without a key",
        skew && `clock off by ${skew / seconds} s`,
      ];
      const besides = more.filter(Boolean).join(", ");
      return { at, line: `${id}: ${inWords(deed)}${besides && ` (${besides})`}` };
    }),
    ...shrunk.weather.map(({ at, stripe, mail }) => ({ at, line: `Stripe is ${stripe}, SES is ${mail}` })),
    ...trace.flatMap((entry) => mishap(entry, start)),
    { at: violation.at - start, line: `BROKEN${violation.by && ` by ${violation.by}`}: ${violation.says}` },
  ]
    .filter(({ at }) => at <= violation.at - start)
    .sort((a, b) => a.at - b.at);
  return [
    `Broken: "${violation.invariant}". ${invariants[violation.invariant]}`,
    ...told.map(({ at, line }) => time(at) + line),
    `The ledger said: ${violation.ledger}`,
    `The same again: npm run test:long -- --only ${address}`,
  ].join("\n");
}

/** What went wrong with an I/O, by the line that the trace has of it. */
function mishap(entry: string, start: number): { at: number; line: string }[] {
  const [, time, invocation, io, what, kind] =
    /^([\d.]+) s {2}(.+) I\/O (\d+): (.+) \((.+)\)$/.exec(entry) ?? [];
  const at = Number(time) * seconds - (start - beginning);
  return kind && at >= 0 ? [{ at, line: `${invocation}: ${kind}, at its I/O ${io}, ${what}` }] : [];
}

const names = ["the Owner", "the Admin", "the Agent", "person 3", "person 4", "person 5"];

function inWords(deed: Deed): string {
  const who = "who" in deed ? names[deed.who ?? -1] : undefined;
  switch (deed.do) {
    case "invite":
      return `${who} invites ${names[deed.whom]} as ${deed.role}`;
    case "bulk":
      return `${who} invites ${deed.whoms.map((n) => names[n]).join(" and ")}`;
    case "resend":
    case "revoke":
      return `${who} ${deed.do}s an invitation`;
    case "accept":
    case "decline":
      return `${who ?? "whoever is invited"} ${deed.do}s by ${deed.byToken ? "the mail's link" : "the app"}`;
    case "add":
      return `${who} adds ${names[deed.whom]} as ${deed.role}`;
    case "role":
      return `${who} makes ${names[deed.whom]} ${deed.role}`;
    case "remove":
      return `${who} removes ${names[deed.whom]}`;
    case "limit":
      return `${who} ${deed.more === null ? "lifts the limit" : `allows ${deed.more} more`}`;
    case "transfer":
      return `${who} hands the ownership to ${names[deed.whom]}`;
    case "leave":
      return `${who} leaves`;
    case "pause":
      return `the subscription is ${deed.paused ? "paused" : "taken up again"} at Stripe`;
    case "card":
      return deed.works ? "another card is given, which works" : "the card is declined from now on";
    case "dashboard":
      return `somebody changes Stripe's quantity by ${deed.by}`;
    case "webhook":
      return `Stripe tells the same news ${deed.times} times`;
    case "tick":
      return `${deed.job} runs`;
    default:
      return `${who ? `${who}: ` : ""}${deed.do}`;
  }
}
