import { found } from "./found.ts";
import type { Violation } from "./invariants.ts";
import { play } from "./play.ts";
import { randomSchedule } from "./random.ts";
import type { Schedule } from "./schedule.ts";
import { isOneCrash, Systematic } from "./systematic.ts";
import type { ThemeName } from "./themes.ts";

/** Schedules with one fault, with two crashes, by chance, by chance on a theme, and those that have found something. */
export type Kind = "single" | "pair" | "random" | ThemeName | "found";
/** Where a schedule is found again: by its kind and its number. */
export type Address = `${Kind}:${number}`;

const systematic = new Systematic(play);

export async function scheduleAt(address: Address): Promise<Schedule | undefined> {
  const [kind, number] = address.split(":");
  if (kind === "random") return randomSchedule(Number(number));
  if (kind === "found") return found[Number(number)]?.schedule;
  if (kind === "pair") return systematic.pair(Number(number));
  if (kind === "single") return (await systematic.singles())[Number(number)];
  return randomSchedule(Number(number), kind as ThemeName);
}

/** The nth schedule of a course that begins at a seed: of nine two have one fault, three two crashes, four are by chance. */
export async function nth(n: number, seed: number): Promise<readonly [Address, Schedule]> {
  const [round, place] = [Math.floor(n / 9), n % 9];
  const address: Address =
    place < 2
      ? `single:${round * 2 + place}`
      : place < 5
        ? `pair:${round * 3 + place - 2}`
        : `random:${seed + round * 4 + place - 5}`;
  const schedule = await scheduleAt(address);
  if (schedule) return [address, schedule];
  const instead = seed + 1_000_000_000 + n; // what is systematic comes to an end, chance doesn't
  return [`random:${instead}`, randomSchedule(instead)];
}

export interface Found {
  readonly address: Address;
  readonly invariant: string;
  readonly says: string;
}

/** What a schedule breaks, and how many I/Os it has; a crash that pairs begin with is not played twice for that. */
async function outcomeOf(
  address: Address,
  schedule: Schedule,
): Promise<{ violations: readonly Violation[]; count: number }> {
  if (address.startsWith("single:") && isOneCrash(schedule)) {
    const { violations, ios } = await systematic.crash(schedule);
    return { violations, count: ios.length };
  }
  const { violations, simulation } = await play(schedule);
  return { violations, count: simulation.invocations.count };
}

/** Plays a part of a course; answers what was broken, by the first violation of each schedule. */
export async function explore(
  first: number,
  count: number,
  seed: number,
): Promise<{ ios: number; found: Found[] }> {
  const broken: Found[] = [];
  let ios = 0;
  for (let n = first; n < first + count; n += 1) {
    const [address, schedule] = await nth(n, seed);
    const { violations, count } = await outcomeOf(address, schedule);
    ios += count;
    const [violation] = violations;
    if (violation) broken.push({ address, invariant: violation.invariant, says: violation.says });
  }
  return { ios, found: broken };
}

/** Plays until an invariant is broken, among all or one kind; answers which schedule did it, and how many it took. */
export async function hunt(
  invariant: string,
  among: Kind | undefined,
  most: number,
): Promise<{ address: Address; played: number } | undefined> {
  for (let n = 0; n < most; n += 1) {
    const own: Address = `${among ?? "random"}:${n}`;
    const [address, schedule] = among ? [own, await scheduleAt(own)] : await nth(n, 1);
    if (!schedule) return undefined;
    const { violations } = await play(schedule);
    if (violations.some((violation) => violation.invariant === invariant)) return { address, played: n + 1 };
  }
  return undefined;
}
