import { describe, expect, test, vi } from "vitest";
import type { Table } from "../../shared/operation.ts";
import { runJobOn } from "../table/in-process.ts";
import { changes, make, type World, world } from "./changes.ts";
import type { MemoryTable } from "./memory-table.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const now = 1_800_000_000_000;
const aMinute = 60_000;

/** The table of a request that is killed at its nth command: before it is carried out, or before its answer. */
function dying(table: MemoryTable, at: number, isCarriedOut: boolean) {
  let sent = 0;
  let die = () => {};
  const died = new Promise<"died">((resolve) => {
    die = () => resolve("died");
  });
  const send = async (command: object) => {
    sent += 1;
    if (sent < at) return table.client.send(command as never);
    if (sent === at && isCarriedOut) await table.client.send(command as never);
    die();
    return new Promise(() => {});
  };
  return { table: { name: table.name, client: { send } as never } satisfies Table, died };
}

/** What is left of it all: seats, and what the audit trails say happened, once the job has attended to the rest. */
async function leftIn({ table, businessId }: World) {
  await runJobOn(table, "jobs/expire-invitations", { now: now + 10 * aMinute });
  const items = [...table.items.values()];
  const { seats, openInvitations } = table.partition(`BUSINESS#${businessId}`, "LICENSES")[0] ?? {};
  const happened = items.filter(({ sk }) => String(sk).startsWith("EVENT#")).map(({ type }) => type);
  return { seats, openInvitations, happened: happened.sort() };
}

/** An answer without what may be another each time: ids, and when, and whether yet, a mail went out. */
function sameOf(status: number, body: unknown): unknown {
  const text = JSON.stringify(body, (name, value) => (/^(sent|resent)At$|^status$/.test(name) ? "" : value));
  return [status, text.replaceAll(/(?<=\w{3}_)[0-9A-HJKMNP-TV-Z]{26}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, "")];
}

describe("killed at any of its calls and asked for again, it has changed what it changes once:", () => {
  test.each(Object.keys(changes))("%s", async (key) => {
    const whole = await world(key);
    const { status, body } = await make(key, whole, whole.table);
    const expected = [sameOf(status, body), await leftIn(whole)];
    const outcomes = [];
    for (let at = 1, isOver = false; !isOver; at += 1) {
      for (const isCarriedOut of [false, true]) {
        const from = await world(key);
        const { table, died } = dying(from.table, at, isCarriedOut);
        isOver = (await Promise.race([make(key, from, table), died])) !== "died";
        const again = await make(key, from, from.table, { now: now + 2 * aMinute });
        outcomes.push([sameOf(again.status, again.body), await leftIn(from)]);
      }
    }
    expect(new Set(outcomes.map((it) => JSON.stringify(it)))).toEqual(new Set([JSON.stringify(expected)]));
    expect(outcomes.length).toBeGreaterThan(6);
  });
});
