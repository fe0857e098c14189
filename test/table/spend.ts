import type { Table } from "../../shared/operation.ts";
import { billing } from "../billing.ts";
import { FakeSes } from "../email/fake-ses.ts";
import { FakeStripe } from "../simulation/fake-stripe.ts";
import type { Line } from "./budget-lines.ts";
import { budgets } from "./budgets.ts";
import { type Cast, engage } from "./cast.ts";
import { callOn, itsTime } from "./in-process.ts";
import { Meter } from "./meter.ts";

/** Request units, and round trips one after the other: until the first commit (or all of them), and after it. */
export interface Spent {
  readonly reads: number;
  readonly writes: number;
  readonly untilCommit: number;
  readonly after: number;
}

export function spentIn(rounds: Line["rounds"] | Meter["rounds"]): Spent {
  const calls = rounds.flat();
  const committing = rounds.findIndex((round) => round.some(({ commits }) => commits));
  const untilCommit = committing < 0 ? rounds.length : committing + 1;
  return {
    reads: calls.reduce((sum, { reads }) => sum + reads, 0),
    writes: calls.reduce((sum, { writes }) => sum + writes, 0),
    untilCommit,
    after: rounds.length - untilCommit,
  };
}

process.env.BILLING = JSON.stringify(billing);

/** What a line's call really spends. Lines that only read may share their cast. */
export async function measure(table: Table, line: Line, cast?: Cast): Promise<Spent> {
  const { endpoint, headers, rounds } = line;
  const budget: Partial<Line> = budgets[endpoint] ?? {};
  const { request = budget.request, before = budget.before, by = budget.by } = line;
  const people = cast ?? (await engage(table));
  const prepared = await before?.(people);
  const caller = (await by?.(people)) ?? people.owner;
  const meter = new Meter(table);
  const email = new FakeSes(() => meter.isAnswered());
  const given = { ...request?.(people), ...prepared };
  const options = {
    stripe: new FakeStripe(() => itsTime),
    ...given,
    headers: { ...given.headers, ...headers(people) },
    email,
  };
  const { status, body } = await callOn(meter, endpoint, caller, options);
  if (status >= 300 && rounds.length > 0) throw new Error(`${endpoint}: ${JSON.stringify(body)}`);
  return spentIn(meter.rounds);
}

export const onlyReads = ({ rounds }: Line): boolean => rounds.flat().every(({ writes }) => writes === 0);
