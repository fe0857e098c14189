import type { Violation } from "./invariants.ts";
import { type Act, type Deed, type Fault, type FaultKind, faultKinds, type Schedule } from "./schedule.ts";
import { seconds } from "./simulation.ts";

type Play = (
  schedule: Schedule,
  isTraced: boolean,
) => Promise<{
  violations: readonly Violation[];
  simulation: { invocations: { ios: readonly Io[] } };
}>;
interface Io {
  readonly invocation: string;
  readonly io: number;
}

const scenario = (
  seed: number,
  proration: Schedule["proration"],
  ...deeds: [at: number, Deed][]
): Schedule => ({
  seed,
  proration,
  subscribed: true,
  slow: 500,
  acts: deeds.map(
    ([at, deed], n): Act => ({
      id: `act${n + 1}`,
      at: at * seconds,
      deed,
      times: 1,
      keyed: n % 2 === 0,
      skew: 0,
    }),
  ),
  faults: [],
  weather: [],
});

const accept = { do: "accept", who: null, pick: 0, byToken: true } as const;

/** What people do every day. */
const scenarios: readonly Schedule[] = [
  scenario(
    11,
    "create_prorations",
    [0, { do: "add", who: 0, whom: 3, role: "Agent" }],
    [25, { do: "remove", who: 1, whom: 3 }],
  ),
  scenario(12, "create_prorations", [0, { do: "invite", who: 1, whom: 3, role: "Agent" }], [5, accept]),
  scenario(
    13,
    "create_prorations",
    [0, { do: "invite", who: 0, whom: 4, role: "Admin" }],
    [0, { do: "add", who: 1, whom: 3, role: "Agent" }],
    [65, { do: "resend", who: 0, pick: 0 }],
    [66, { do: "revoke", who: 0, pick: 0 }],
  ),
  scenario(
    14,
    "always_invoice",
    [0, { do: "card", works: false }],
    [1, { do: "add", who: 0, whom: 3, role: "Agent" }],
    [40, { do: "card", works: true }],
  ),
  scenario(
    15,
    "create_prorations",
    [0, { do: "cancel at Stripe" }],
    [1, { do: "add", who: 0, whom: 3, role: "Agent" }],
  ),
  scenario(
    16,
    "create_prorations",
    [0, { do: "end subscription", who: 0 }],
    [10, { do: "cancel at Stripe" }],
    [20, { do: "checkout", who: 0 }],
    [30, { do: "pay at Stripe" }],
    [31, { do: "add", who: 0, whom: 3, role: "Agent" }],
  ),
];

const crashes = ["dies before", "dies after"] as const;

/** What came of a schedule. */
interface Course {
  readonly violations: readonly Violation[];
  readonly ios: readonly Io[];
}

/** Every scenario with every fault at every I/O, then with every crash and another one after it. */
export class Systematic {
  readonly #play: Play;
  #singles: Promise<readonly Schedule[]> | undefined;
  #crashes: readonly Schedule[] | undefined;
  readonly #played = new Map<Schedule, Promise<Course>>();

  constructor(play: Play) {
    this.#play = play;
  }

  singles(): Promise<readonly Schedule[]> {
    this.#singles ??= this.#enumerate();
    return this.#singles;
  }

  async #enumerate(): Promise<readonly Schedule[]> {
    const all: Schedule[] = [];
    for (const scenario of scenarios) {
      const { ios } = await this.#course(scenario);
      const faults = ios.flatMap(({ invocation, io }) =>
        faultKinds.map((kind): Fault => ({ invocation, io, kind })),
      );
      all.push(...faults.map((fault) => ({ ...scenario, faults: [fault] })));
    }
    return all;
  }

  async #course(schedule: Schedule): Promise<Course> {
    const { violations, simulation } = await this.#play(schedule, true);
    return { violations, ios: simulation.invocations.ios };
  }

  /** Plays a schedule with one crash, once: it stands by itself, and the pairs that begin with it go by its I/Os. */
  crash(schedule: Schedule): Promise<Course> {
    const course = this.#played.get(schedule) ?? this.#course(schedule);
    this.#played.set(schedule, course);
    return course;
  }

  /** The nth of the schedules that crash twice: the first crash goes round fastest. */
  async pair(n: number): Promise<Schedule | undefined> {
    this.#crashes ??= (await this.singles()).filter(({ faults: [fault] }) => isCrash(fault?.kind));
    const first = this.#crashes;
    const [one, more] = [n % first.length, Math.floor(n / first.length)];
    const schedule = first[one];
    const [fault] = schedule?.faults ?? [];
    if (!schedule || !fault) return undefined;
    const { ios } = await this.crash(schedule);
    const place = ios.findIndex(({ invocation, io }) => invocation === fault.invocation && io === fault.io);
    const next = ios[place + 1 + Math.floor(more / 2)];
    if (!next) return undefined;
    const { invocation, io } = next;
    return { ...schedule, faults: [fault, { invocation, io, kind: crashes[more % 2] as FaultKind }] };
  }
}

/** Whether a pair may begin with it. */
export function isOneCrash({ faults }: Schedule): boolean {
  return faults.length === 1 && isCrash(faults[0]?.kind);
}

function isCrash(kind: FaultKind | undefined): boolean {
  return crashes.some((crash) => crash === kind);
}

/** A crash before and after every I/O of every day's scenarios. */
export async function crashesOfEveryDay(play: Play): Promise<readonly Schedule[]> {
  const singles = await new Systematic(play).singles();
  return singles.filter(({ faults: [fault] }) => isCrash(fault?.kind));
}
