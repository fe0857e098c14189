import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, test } from "vitest";
import type { Subscription } from "../../shared/domain/ledger.ts";
import { commit } from "../../shared/table/commit.ts";
import { duePartition, dueTime, shardOf } from "../../shared/table/due.ts";
import { dueLedgers } from "../../shared/table/due-ledgers.ts";
import { ledgerOf, moveLedger } from "../../shared/table/ledger.ts";
import { changeSeats } from "../../shared/table/licenses.ts";
import { key } from "../../shared/table/schema.ts";
import { type Cast, engage } from "./cast.ts";
import { countsUnits } from "./engine.ts";
import { contextAt, table } from "./harness.ts";
import { callOn } from "./in-process.ts";
import { Meter } from "./meter.ts";

const now = 1_800_000_000_000;
const subscription: Subscription = {
  ...{ id: "sub_1", itemId: "si_1", plan: "Monthly", status: "active", isPaused: false },
  ...{ periodStartAt: now, renewsAt: now, cancelAt: null },
};

let cast: Cast;
beforeEach(async () => {
  process.env.BILLING = "null";
  cast = await engage(table);
});

async function indexed(businessId: string) {
  const found = [];
  for (const kind of ["LICENSES", "RECONCILE"] as const) {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: "gsi2",
        KeyConditionExpression: "gsi2pk = :pk",
        ExpressionAttributeValues: { ":pk": duePartition(kind, shardOf(businessId)) },
      }),
    );
    for (const { pk, gsi2sk } of Items) if (pk === key.business(businessId).pk) found.push([kind, gsi2sk]);
  }
  return found;
}

async function attach(businessId: string) {
  const ledger = await ledgerOf.run(contextAt(now), businessId);
  if (!ledger) throw new Error("no ledger");
  const quiet = { subscription, appliedVersion: ledger.desiredVersion, reconciledAt: now };
  await moveLedger.run(contextAt(now), businessId, ledger, (read) => ({ ...read, ...quiet }));
}

const add = ({ owner, stranger }: Cast, on = table) =>
  callOn(on, "members/add-member", owner, { body: { email: stranger.email, role: "Agent" } });

describe("a change of licenses, without reading the ledger", () => {
  test("makes nothing due without a subscription, and costs no more than the ledger", async () => {
    await add(cast);
    expect(await indexed(cast.businessId)).toEqual([]);
  });

  test("makes the ledger of a subscription due at once, whatever comes later", async () => {
    await attach(cast.businessId);
    expect(await indexed(cast.businessId)).toEqual([["RECONCILE", dueTime(now)]]);
    await add(cast);
    expect(await indexed(cast.businessId)).toEqual([["LICENSES", dueTime(now)]]);
    const { items } = await dueLedgers.run(
      contextAt(now + 1),
      "LICENSES",
      shardOf(cast.businessId),
      now + 1,
      {
        limit: 100,
      },
    );
    expect(items).toContain(cast.businessId);
  });

  test.runIf(countsUnits)(
    "costs two index entries when it makes the ledger due, and none while it is due already",
    async () => {
      const units = async (run: (on: Meter) => Promise<unknown>) => {
        const meter = new Meter(table);
        await run(meter);
        return meter.rounds.flat().reduce((sum, { writes }) => sum + writes, 0);
      };
      const change = (on: Meter) =>
        commit({ ...contextAt(now), table: on }, [changeSeats(cast.businessId, { seats: 1 })]);
      const without = await units(change);
      await attach(cast.businessId);
      expect((await units(change)) - without).toBe(2);
      expect((await units(change)) - without).toBe(0);
    },
  );
});

describe("the limit of a business's licenses", () => {
  test("holds in the transaction, however many are added at once", async () => {
    const { owner, businessId } = cast;
    await callOn(table, "licenses/limit-licenses", owner, { body: { seatLimit: 4 } });
    const people = await Promise.all(Array.from({ length: 6 }, () => engage(table)));
    const answers = await Promise.all(people.map(({ stranger }) => add({ ...cast, stranger })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe("license_limit_reached");
    expect((await ledgerOf.run(contextAt(now), businessId))?.seats).toBe(4);
  });

  test("holds for invitations, one by one and many at once: those that fit are invited", async () => {
    const { owner } = cast;
    await callOn(table, "licenses/limit-licenses", owner, { body: { seatLimit: 4 } });
    const invitations = [1, 2, 3].map((n) => ({ email: `guest-${n}@example.com` }));
    const bulk = await callOn(table, "invitations/invite-members", owner, { body: { invitations } });
    expect(bulk.body.map(({ error }: any) => error?.code)).toEqual([
      undefined,
      undefined,
      "license_limit_reached",
    ]);
    const one = await callOn(table, "invitations/invite-member", owner, {
      body: { email: "late@example.com" },
    });
    expect([one.status, one.body.code]).toEqual([409, "license_limit_reached"]);
  });

  test("that is lifted, or was never set, limits nothing; one below what is held takes nothing away", async () => {
    const { owner, agentId } = cast;
    await callOn(table, "licenses/limit-licenses", owner, { body: { seatLimit: 1 } });
    expect((await add(cast)).status).toBe(409);
    const { body } = await callOn(table, "licenses/get-licenses", owner);
    expect(body).toMatchObject({ seats: 2, seatLimit: 1 });
    const preview = await callOn(table, "licenses/preview-licenses", owner, { body: { add: 1 } });
    expect(preview.body).toMatchObject({ allowed: false, seats: 3, amountNow: null });
    await callOn(table, "members/remove-member", owner, { params: { userId: agentId } });
    await callOn(table, "licenses/limit-licenses", owner, { body: { seatLimit: null } });
    expect((await add(cast)).status).toBe(200);
  });
});

test("a ledger that somebody else has moved, or changed, is not written over", async () => {
  const { businessId } = cast;
  const context = contextAt(now);
  const read = await ledgerOf.run(context, businessId);
  if (!read) throw new Error("no ledger");
  await moveLedger.run(context, businessId, read, (ledger) => ({ ...ledger, reconciledAt: 1 }));
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: key.licenses(businessId),
      UpdateExpression: "ADD desiredVersion :one, seats :one",
      ExpressionAttributeValues: { ":one": 1 },
    }),
  );
  const seen: number[] = [];
  await moveLedger.run(context, businessId, read, (ledger) => {
    seen.push(ledger.seats);
    return { ...ledger, recountedAt: 2 };
  });
  expect(seen).toEqual([2, 3]);
  expect(await ledgerOf.run(context, businessId)).toMatchObject({
    seats: 3,
    reconciledAt: 1,
    recountedAt: 2,
  });
});
