import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { defaultInvitationSettings } from "../../shared/domain/invitation-settings.ts";
import type { Table } from "../../shared/operation.ts";
import { openTable } from "../../shared/table/client.ts";
import { shards } from "../../shared/table/due.ts";
import { FakeSes } from "../email/fake-ses.ts";
import { engage } from "./cast.ts";
import { fillInvitations } from "./cast-of-invitations.ts";
import { clientEnvironment, countsUnits, openEngine, type TableEngine } from "./engine.ts";
import { itsTime, runJobOn } from "./in-process.ts";
import { Meter } from "./meter.ts";
import { spentIn } from "./spend.ts";
import {
  type Call,
  commit,
  due,
  ended,
  getBatch,
  type Indexed,
  type Kind,
  queryIndex,
  times,
} from "./units.ts";

vi.spyOn(console, "log").mockImplementation(() => {});
const aDay = 24 * 60 * 60 * 1_000;
const { lifeDays, reminderDays } = defaultInvitationSettings;

/** The index of what is due is the job's alone here: no other test's invitations are in it. */
let engine: TableEngine;
let table: Table;
beforeAll(async () => {
  engine = await openEngine();
  for (const [name, value] of Object.entries(clientEnvironment(engine.endpoint))) vi.stubEnv(name, value);
  table = openTable(engine.tableName);
});
afterAll(() => {
  vi.unstubAllEnvs();
  return engine.close();
});

async function tick(now: number) {
  const meter = new Meter(table);
  const email = new FakeSes(() => meter.isAnswered());
  await runJobOn(meter, "jobs/expire-invitations", { now, email });
  const { reads, writes } = spentIn(meter.rounds);
  return { reads, writes, mails: email.mails.length };
}

const spends = (calls: readonly Call[], mails = 0) => {
  const { reads, writes } = spentIn([calls]);
  return { reads, writes, mails };
};

const emptyShard = queryIndex("dueKeys", 0);
const idle = times(shards, emptyShard);
/** Everything that is due is of one business, and so in one shard. */
const others = times(shards - 1, emptyShard);
/** The business and the inviter, once for a page. */
const names = [getBatch("business", 1), getBatch("member", 1)];
/** Of 50 at once; after the last full page there is an empty one. */
const pages = (count: number, more: readonly Call[]) =>
  times(count, queryIndex("dueKeys", 50), getBatch("invitation", 50), ...more).concat(emptyShard);
/** A mail is claimed, sent, and recorded. */
const mail = [commit(due), commit(due, "event")];

describe.runIf(countsUnits)("a tick of the job spends what is due, whatever exists", () => {
  test("reminders and expiries, one transaction for 20 of a business", async () => {
    const [some, many] = [await engage(table), await engage(table)];
    await fillInvitations(table, some, 20);
    await fillInvitations(table, many, 300, itsTime + 3 * aDay);
    const dueNow = [...others, queryIndex("dueKeys", 20), getBatch("invitation", 20)];

    expect(await tick(itsTime)).toEqual(spends(idle));
    const reminded = itsTime + (lifeDays - reminderDays) * aDay;
    expect(await tick(reminded)).toEqual(spends([...dueNow, ...names, ...times(20, ...mail)], 20));
    expect(await tick(reminded)).toEqual(spends(idle));
    const expiry = commit(...times<Kind | Indexed>(20, ended, "invited", "event"), "ledger");
    expect(await tick(itsTime + lifeDays * aDay)).toEqual(spends([...dueNow, expiry]));
    const more = [...others, ...pages(6, names), ...times(300, ...mail)];
    expect(await tick(reminded + 3 * aDay)).toEqual(spends(more, 300));
  });
});
