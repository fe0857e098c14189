import { setTimeout as wait } from "node:timers/promises";
import { BatchGetCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Table } from "../../shared/operation.ts";
import { FakeSes } from "../email/fake-ses.ts";
import { runJobOn } from "../table/in-process.ts";

/** What some ticks of the job took and spent. */
export interface Spent {
  ticks: number;
  seconds: number;
  items: number;
  reads: number;
  writes: number;
}

const aMinute = 60_000;
/** What an email takes: SES answers in some 50 ms. */
const sesMs = 50;

/** Runs the job minute by minute, each run with a Lambda's time, until one has nothing left to write. */
export async function ticks(table: Table, from: number): Promise<Spent> {
  const spent: Spent = { ticks: 0, seconds: 0, items: 0, reads: 0, writes: 0 };
  const counting = counted(table, spent);
  const email = new FakeSes(() => wait(sesMs));
  for (let now = from; ; now += aMinute) {
    const [before, began] = [{ ...spent }, performance.now()];
    const timeLeft = () => aMinute - (performance.now() - began);
    await runJobOn(counting, "jobs/expire-invitations", { now, email, timeLeft });
    if (spent.writes === before.writes) return { ...before };
    spent.ticks += 1;
    spent.seconds += (performance.now() - began) / 1_000;
  }
}

type Answer = {
  Count?: number;
  Item?: object;
  Responses?: Record<string, object[]>;
  ConsumedCapacity?: Capacity | Capacity[];
};
type Capacity = { readonly CapacityUnits?: number };

/** The same table, whose calls are counted. */
function counted({ name, client }: Table, spent: Spent): Table {
  const send = async (command: GetCommand) => {
    Object.assign(command.input, { ReturnConsumedCapacity: "TOTAL" });
    const answer = (await client.send(command)) as Answer;
    const units = [answer.ConsumedCapacity ?? []].flat();
    const total = units.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    const reads = [GetCommand, BatchGetCommand, QueryCommand].some((kind) => command instanceof kind);
    spent[reads ? "reads" : "writes"] += total;
    spent.items += (answer.Count ?? 0) + (answer.Item ? 1 : 0);
    spent.items += Object.values(answer.Responses ?? {}).flat().length;
    return answer;
  };
  return { name, client: { send } as unknown as Table["client"] };
}
