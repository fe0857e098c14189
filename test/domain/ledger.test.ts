import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Intent, Ledger, Subscription } from "../../shared/domain/ledger.ts";
import {
  abandoned,
  adopted,
  applied,
  backOff,
  declined,
  failed,
  gone,
  kept,
  opened,
} from "../../shared/domain/ledger-intents.ts";
import { limits } from "../../shared/domain/ledger-limits.ts";
import { isLarge, reconciled, recounted, refreshed } from "../../shared/domain/ledger-looks.ts";
import { dueAt, dueStep, isBehind, isSettled } from "../../shared/domain/ledger-work.ts";
import { licenseBillingStatus, subscriptionStatus } from "../../shared/domain/license-status.ts";
import { meaningOf } from "../../shared/domain/stripe-answers.ts";

const now = 1_800_000_000_000;
const settings = { prorationBehavior: "create_prorations", apiVersion: "2026-10-28.endive" } as const;
const steps = ["send", "open", "cancel", "refresh"] as const;
const subscription: Subscription = {
  ...{ id: "sub_1", itemId: "si_1", plan: "Monthly", status: "active", isPaused: false },
  ...{ periodStartAt: now, renewsAt: now, cancelAt: null },
};
const customer = { id: "cus_1", balance: 0, paymentMethodId: "pm_1" };
const quiet: Ledger = {
  ...{ seats: 3, openInvitations: 1, revision: 5, desiredVersion: 4, appliedVersion: 4, appliedQuantity: 3 },
  ...{ customer, subscription, refreshWanted: 1, refreshDone: 1 },
};
const changed: Ledger = { ...quiet, seats: 4, desiredVersion: 5 };
const under = opened(changed, "uuid", settings, now) as Ledger;
const op = under.op as Intent;

describe("an intent", () => {
  test("is the whole request, of the version that the quantity belongs to", () => {
    expect(op).toMatchObject({
      uuid: "uuid",
      version: 5,
      request: { itemId: "si_1", quantity: 4, ...settings },
    });
  });

  test("is never opened beside another one, nor without a subscription", () => {
    expect(opened(under, "other", settings, now)).toBeUndefined();
    expect(opened({ ...changed, subscription: undefined }, "other", settings, now)).toBeUndefined();
  });

  test("is the sender's for a while, then anybody's, and stays the same request", () => {
    expect(adopted(under, now + limits.sending - 1)).toBeUndefined();
    expect(adopted(under, now + limits.sending)?.op).toMatchObject({
      uuid: "uuid",
      request: op.request,
      attempts: 2,
    });
  });

  test("is closed by its own answer and by no other", () => {
    for (const close of [applied, declined, failed, gone, kept]) {
      expect(close({ ...under, op: { ...op, uuid: "later" } }, op, now)).toBeUndefined();
      expect(close(quiet, op, now)).toBeUndefined();
    }
  });

  test("is applied as the version that it was of, whatever has come since", () => {
    const after = applied({ ...under, seats: 5, desiredVersion: 6 }, op, now);
    expect(after).toMatchObject({
      op: undefined,
      appliedVersion: 5,
      appliedQuantity: 4,
      nextAt: now + limits.pacing,
    });
    expect(dueStep(after as Ledger, now + limits.pacing - 1, steps)).toBeUndefined();
    expect(dueStep(after as Ledger, now + limits.pacing, steps)).toBe("open");
  });

  test("that the card was declined for parks its version, and no later one", () => {
    const parked = declined(under, op, now) as Ledger;
    expect([dueAt(parked), licenseBillingStatus(parked)]).toEqual([undefined, "PaymentRequired"]);
    const later = { ...parked, seats: 5, desiredVersion: 6 };
    expect(dueStep(later, now + limits.pacing, steps)).toBe("open");
  });

  test("is tried again later each time, and at least each minute", () => {
    const waits = [1, 2, 3, 4, 5, 6, 50].map(backOff);
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    expect(kept(under, op, now)?.op).toMatchObject({ request: op.request, retryAt: now + 5_000 });
  });

  test("from before a restore is dropped once nobody can be sending it, and nothing is sent in its place", () => {
    expect(abandoned(under, now)).toBeUndefined();
    const dropped = abandoned(under, now + limits.sending) as Ledger;
    expect([isSettled(dropped), dueAt(dropped)]).toEqual([true, undefined]);
  });
});

describe("what Stripe answers", () => {
  test.each([
    [{ status: 200, replayed: false, quantity: 4 }, "applied"],
    [{ status: 200, replayed: true, quantity: 4 }, "applied"],
    [{ status: 200, replayed: false, quantity: 3 }, "unknown"],
    [{ status: 402, replayed: false }, "declined"],
    [{ status: 500, replayed: true }, "failed"],
    [{ status: 500, replayed: false }, "unknown"],
    [{ status: 503, replayed: false }, "unknown"],
    [{ status: 404, replayed: false }, "perhaps gone"],
    [{ status: 400, replayed: false }, "perhaps gone"],
    [{ status: 401, replayed: false }, "unknown"],
    [{ status: 409, replayed: false }, "unknown"],
    [{ status: 429, replayed: false }, "unknown"],
    [{ status: null, replayed: false }, "unknown"],
  ])("%j means %s", (answer, meaning) => {
    expect(meaningOf(answer, 4)).toBe(meaning);
  });
});

describe("a look at Stripe", () => {
  const facts = { customer, subscription };

  test("counts as of before it: news that came meanwhile are looked at again", () => {
    const after = refreshed({ ...quiet, refreshWanted: 3 }, facts, 2, now) as Ledger;
    expect([after.refreshDone, dueStep(after, now, steps)]).toEqual([2, "refresh"]);
  });

  test("is not taken in beside an open intent, nor after a later one", () => {
    expect(refreshed({ ...under, refreshWanted: 2 }, facts, 2, now)).toBeUndefined();
    expect(refreshed({ ...quiet, refreshWanted: 3, refreshDone: 3 }, facts, 2, now)).toBeUndefined();
  });

  test("finds another subscription: what was applied to the old one is nothing to it", () => {
    const other = { ...subscription, id: "sub_2", itemId: "si_2" };
    const after = refreshed(quiet, { customer, subscription: other }, 1, now) as Ledger;
    expect([after.appliedVersion, dueStep(after, now, steps)]).toEqual([undefined, "open"]);
  });

  test("finds none: the ledger is detached, and nothing is open", () => {
    const after = refreshed(changed, { customer, subscription: null }, 1, now) as Ledger;
    expect([dueAt(after), licenseBillingStatus(after), subscriptionStatus(after)]).toEqual([
      undefined,
      "Detached",
      "Canceled",
    ]);
  });

  test("repairs a small difference, and reports a large one", () => {
    expect(reconciled(quiet, 5, true, now)).toMatchObject({ desiredVersion: 5, drift: undefined });
    expect(reconciled(quiet, 9, true, now)).toMatchObject({ desiredVersion: 4, drift: { quantity: 9 } });
    expect(reconciled(quiet, 5, false, now)).toMatchObject({ desiredVersion: 4, drift: { quantity: 5 } });
  });

  test("that could compare nothing leaves the ledger as it is, to be looked at again", () => {
    const earlier = { ...changed, reconciledAt: 1 };
    expect(reconciled(earlier, 9, true, now)).toEqual({ ...earlier, inVainAt: now });
    expect(reconciled(quiet, undefined, true, now)).toEqual({ ...quiet, inVainAt: now });
  });

  test.each([
    [3, 5, false],
    [3, 6, true],
    [100, 110, false],
    [100, 111, true],
    [14, 17, true],
    [15, 18, false],
  ])("of %i seats against %i: large is %s", (seats, quantity, large) => {
    expect(isLarge(quantity, seats)).toBe(large);
  });
});

test("a count that is right changes nothing; one that isn't is billed", () => {
  expect(recounted(quiet, { seats: 3, openInvitations: 1 }, now)).toEqual({ ...quiet, recountedAt: now });
  expect(recounted(quiet, { seats: 4, openInvitations: 1 }, now)).toMatchObject({
    seats: 4,
    desiredVersion: 5,
  });
});

test("whatever the order of its moves, a ledger opens one intent at a time, and each for a later version", () => {
  const move = fc.constantFrom(
    "take",
    "open",
    "apply",
    "decline",
    "fail",
    "keep",
    "adopt",
    "news",
    "look",
    "reconcile",
  );
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      let ledger = quiet;
      let at = now;
      let newest = 0;
      for (const name of moves) {
        at += 7_000;
        const { op: before } = ledger;
        const held = before ?? op;
        const next: Ledger | undefined = {
          take: () => ({ ...ledger, seats: ledger.seats + 1, desiredVersion: ledger.desiredVersion + 1 }),
          open: () => opened(ledger, `u${at}`, settings, at),
          apply: () => applied(ledger, held, at),
          decline: () => declined(ledger, held, at),
          fail: () => failed(ledger, held, at),
          keep: () => kept(ledger, held, at),
          adopt: () => adopted(ledger, at),
          news: () => ({ ...ledger, refreshWanted: (ledger.refreshWanted ?? 0) + 1 }),
          look: () => refreshed(ledger, { customer, subscription }, ledger.refreshWanted ?? 0, at),
          reconcile: () => reconciled(ledger, ledger.seats, true, at),
        }[name]();
        if (!next) continue;
        if (before && next.op) expect(next.op).toMatchObject({ uuid: before.uuid, request: before.request });
        if (!before && next.op) {
          expect(next.op.version).toBeGreaterThanOrEqual(newest);
          expect(next.op.request.quantity).toBe(next.seats);
          newest = next.op.version;
        }
        if (isSettled(next) && !isBehind(next) && dueAt(next) === undefined)
          expect([next.appliedVersion, next.appliedQuantity]).toEqual([next.desiredVersion, next.seats]);
        ledger = next;
      }
    }),
  );
});
