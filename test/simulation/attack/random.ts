import type { Role } from "../../../shared/domain/accesses.ts";
import { numbersFrom } from "../interleaving.ts";
import {
  type Act,
  type Deed,
  type Fault,
  faultKinds,
  mailMoods,
  type Schedule,
  stripeMoods,
} from "./schedule.ts";
import { hours, minutes, seconds } from "./simulation.ts";
import { type ThemeName, themes } from "./themes.ts";

const themeNames = Object.keys(themes) as ThemeName[];

/** A schedule by chance, or on a theme: what people do, what goes wrong, and how Stripe and SES are meanwhile. */
export function randomSchedule(seed: number, theme?: ThemeName): Schedule {
  const below = numbersFrom(seed ^ 0x5eed);
  const oneOf = <Value>(...of: Value[]): Value => of[below(of.length)] as Value;
  const boss = () => oneOf(0, 0, 1);
  const whom = () => oneOf(3, 3, 3, 4, 4, 5, 2, 1);
  const pick = () => oneOf(0, 0, 0, 1, 1, 2);
  const role = () => oneOf<Role>("Agent", "Agent", "Admin", "Owner");
  const answer = (what: "accept" | "decline"): Deed => ({
    do: what,
    who: below(6) === 0 ? below(6) : null,
    pick: pick(),
    byToken: below(2) === 0,
  });
  /** One subscription ends, and another one comes. */
  const isOverAgain = below(12) === 0;
  const deeds: readonly (readonly [weight: number, () => Deed])[] = [
    [6, () => ({ do: "invite", who: boss(), whom: whom(), role: role() })],
    [1, () => ({ do: "bulk", who: boss(), whoms: [3, 4, 5].slice(below(3)) })],
    [3, () => ({ do: "resend", who: boss(), pick: pick() })],
    [2, () => ({ do: "revoke", who: boss(), pick: pick() })],
    [6, () => answer("accept")],
    [2, () => answer("decline")],
    [5, () => ({ do: "add", who: boss(), whom: whom(), role: role() })],
    [4, () => ({ do: "remove", who: oneOf(0, 0, 1, 2), whom: oneOf(1, 2, 3, 3, 4) })],
    [2, () => ({ do: "role", who: boss(), whom: oneOf(1, 1, 2, 3), role: role() })],
    [1, () => ({ do: "transfer", who: boss(), whom: oneOf(0, 1, 1, 2, 3) })],
    [2, () => ({ do: "leave", who: oneOf(0, 1, 2, 3) })],
    [1, () => ({ do: "switch", who: oneOf(0, 1, 2, 3) })],
    [1, () => ({ do: "limit", who: 0, more: oneOf(0, 0, 1, null) })],
    [1, () => ({ do: "look", who: 0 })],
    [1, () => ({ do: "card", works: below(3) === 0 })],
    [1, () => ({ do: "webhook", times: oneOf(1, 2, 5) })],
    [2, () => ({ do: "tick", job: oneOf("apply-licenses", "expire-invitations", "reconcile-licenses") })],
    [below(12) === 0 ? 2 : 0, () => ({ do: "dashboard", by: oneOf(-1, 1, 2) })],
    [isOverAgain ? 2 : 0, () => ({ do: "cancel at Stripe" })],
    [isOverAgain ? 1 : 0, () => ({ do: "end subscription", who: 0 })],
    [isOverAgain ? 2 : 0, () => ({ do: "checkout", who: 0 })],
    [isOverAgain ? 3 : 0, () => ({ do: "pay at Stripe" })],
    [below(20) === 0 ? 1 : 0, () => ({ do: "pause", paused: below(2) === 0 })],
  ];
  const weights = deeds.reduce((sum, [weight]) => sum + weight, 0);
  const deed = (): Deed => {
    let left = below(weights);
    for (const [weight, make] of deeds) {
      if (left < weight) return make();
      left -= weight;
    }
    return { do: "look", who: 0 };
  };
  const isSkewed = below(4) === 0;
  const acts: Act[] = [];
  const faults: Fault[] = [];
  const isFaulty = below(5) > 0;
  let at = 0;
  const planned = below(2) === 0 || theme ? [...themes[theme ?? oneOf(...themeNames)](oneOf)] : [];
  for (let n = planned.length + (planned.length ? below(3) : 2 + below(8)); n > 0; n -= 1) {
    const [pause, wanted] = planned.shift() ?? [];
    at += pause ?? oneOf(0, 0, 0, 20, 300, 2 * seconds, 5 * seconds, 31 * seconds, 61 * seconds);
    if (!wanted && below(25) === 0) at += oneOf(11 * minutes, 26 * hours, 5 * 24 * hours, 8 * 24 * hours);
    const id = `act${acts.length + 1}`;
    const times = oneOf<1 | 2 | 3>(1, 1, 1, 1, 2, 3);
    const skew = isSkewed ? oneOf(0, -5 * minutes, 5 * minutes) : 0;
    const act: Act = { id, at, deed: wanted ?? deed(), times, keyed: below(3) > 0, skew };
    acts.push(act);
    if (!isFaulty || below(3) > 0) continue;
    const name =
      act.deed.do === "tick" ? `${id} ${act.deed.job} tick 1` : `${id}${act.keyed ? "" : ".1.1"} try 1.1`;
    for (let more = 1 + below(2); more > 0; more -= 1)
      faults.push({ invocation: name, io: 1 + below(14), kind: oneOf(...faultKinds) });
  }
  if (isFaulty && below(2) === 0)
    for (let n = 1 + below(3); n > 0; n -= 1) {
      const invocation = oneOf(
        `apply-licenses tick ${1 + below(3)}.1`,
        `apply-licenses stream ${1 + below(3)}`,
        `publish-events stream ${1 + below(4)}`,
        `webhook evt_${1 + below(3)}`,
        `expire-invitations tick ${1 + below(3)}.1`,
      );
      faults.push({ invocation, io: 1 + below(14), kind: oneOf(...faultKinds) });
    }
  // A Stripe that fails each time is tried every 20 s: for days of it there is no time.
  const stripe = () => oneOf(...(at > 1 * hours ? (["well", "down"] as const) : stripeMoods));
  const change = (from: number) => ({ at: from, stripe: stripe(), mail: oneOf(...mailMoods) });
  const weather = below(2) === 0 ? [change(0), change(below(at + 1 * minutes))] : [];
  const proration = below(3) === 0 ? "always_invoice" : "create_prorations";
  return { seed, proration, subscribed: below(8) > 0, slow: 50, acts, faults, weather };
}
