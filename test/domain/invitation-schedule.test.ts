import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterMail,
  attentionOf,
  claimedFor,
  type Mailed,
  mostTries,
  remindAt,
  type Schedule,
} from "../../shared/domain/invitation-schedule.ts";

const aMinute = 60_000;
const aDay = 24 * 60 * aMinute;
const opened = 1_800_000_000_000;
const open: Schedule = {
  state: "Pending",
  askedAt: opened,
  expiresAt: opened + 7 * aDay,
  owed: "invitation",
  tries: 1,
};
const failed: Mailed = { sent: false, reason: "No.", throttled: false, unanswered: false };
const throttled: Mailed = { sent: false, reason: "Later.", throttled: true, unanswered: false };
const unanswered: Mailed = { sent: false, reason: "Perhaps.", throttled: false, unanswered: true };
const sent: Mailed = { sent: true };

describe("what a due invitation needs", () => {
  test.each([
    ["nothing, once it has ended", { state: "Accepted" }, 0, undefined],
    ["its mail, while that is owed", {}, 0, "send"],
    ["its failure, after three tries that nobody recorded", { tries: 3 }, 0, "fail"],
    ["giving up, after a reminder's three tries too", { owed: "reminder", tries: 3 }, 6 * aDay, "fail"],
    [
      "no reminder of what was sent again since",
      { owed: undefined, tries: 0, resentAt: opened + 5 * aDay },
      5 * aDay,
      "wait",
    ],
    ["a reminder, two days before its expiry", { owed: undefined, tries: 0 }, 5 * aDay, "remind"],
    ["no reminder a moment before", { owed: undefined, tries: 0 }, 5 * aDay - 1, "wait"],
    ["no second reminder", { owed: undefined, tries: 0, remindedAt: opened }, 6 * aDay, "wait"],
    ["expiry, whatever else is owed", { tries: 3 }, 7 * aDay, "expire"],
  ] as const)("%s", (_, changed, after, attention) => {
    expect(attentionOf({ ...open, ...changed }, 2, opened + after)).toBe(attention);
  });

  test("reminders are off by 0, and where the life is no longer than their time", () => {
    expect(remindAt(open, 0)).toBeUndefined();
    expect(remindAt({ ...open, expiresAt: opened + 2 * aDay }, 2)).toBeUndefined();
    expect(remindAt({ ...open, expiresAt: opened + 3 * aDay }, 2)).toBe(opened + aDay);
  });
});

describe("what a mail changes", () => {
  test("sent: nothing is owed, and it is due when it is to be reminded of", () => {
    expect(afterMail({ ...open, tries: 2 }, sent, 2, opened + 5)).toEqual({
      owed: undefined,
      tries: 0,
      remindedAt: undefined,
      sentAt: opened + 5,
      resentAt: undefined,
      sendFailureReason: undefined,
      dueAt: opened + 5 * aDay,
    });
  });

  test("sent again: shown as resent", () => {
    expect(afterMail({ ...open, sentAt: opened }, sent, 2, opened + 5)).toMatchObject({
      sentAt: opened,
      resentAt: opened + 5,
    });
  });

  test("a reminder that was sent, or given up after three tries, leaves the expiry to wait for", () => {
    const reminder = { ...open, owed: "reminder", sentAt: opened } as const;
    for (const [mailed, tries] of [
      [sent, 1],
      [failed, 3],
    ] as const) {
      const after = afterMail({ ...reminder, tries }, mailed, 2, opened + 5 * aDay);
      expect(after).toMatchObject({ owed: undefined, remindedAt: opened + 5 * aDay, dueAt: open.expiresAt });
    }
  });

  test("the third failed try fails the invitation, with the reason", () => {
    expect(afterMail({ ...open, tries: mostTries }, failed, 2, opened)).toEqual({ failed: "No." });
  });

  test("SES taking no more for now is no failed try, however often", () => {
    let schedule = open;
    for (let n = 0; n < 10; n += 1) {
      const after = afterMail(schedule, throttled, 2, opened + n * aMinute);
      if ("failed" in after) throw new Error("failed");
      expect(after).toMatchObject({ tries: 0, owed: "invitation", dueAt: opened + (n + 1) * aMinute });
      schedule = { ...schedule, tries: after.tries + 1 };
    }
  });

  test("SES down for an hour, then back: a try comes after it, whenever in its life the invitation was made", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * aMinute - 1 }), (since) => {
        const back = opened + 60 * aMinute - since;
        let [schedule, at] = [open, opened];
        while (at < back) {
          const after = afterMail(schedule, failed, 2, at);
          if ("failed" in after)
            throw new Error(`failed ${(back - at) / aMinute} minutes before SES was back`);
          at = after.dueAt + aMinute; // the tick may be a minute late
          schedule = { ...schedule, tries: after.tries + 1 };
        }
        expect(schedule.tries).toBeLessThanOrEqual(mostTries);
      }),
    );
  });

  test("a mail is never due after the expiry", () => {
    const short = { ...open, expiresAt: opened + aMinute };
    for (const mailed of [failed, throttled]) {
      const after = afterMail({ ...short, tries: 2 }, mailed, 2, opened + 30_000);
      expect(after).toMatchObject({ dueAt: short.expiresAt });
    }
  });

  test("a third try without an answer waits once more: SES may yet report that it was delivered", () => {
    const after = afterMail({ ...open, tries: mostTries }, unanswered, 2, opened);
    expect(after).toMatchObject({ owed: "invitation", tries: mostTries, dueAt: opened + claimedFor });
    expect(attentionOf({ ...open, tries: mostTries }, 2, opened + claimedFor)).toBe("fail");
  });

  test("a claim outlives every invocation, by a clock that is 5 minutes off: a job has a minute, a request ten seconds", () => {
    expect(claimedFor).toBeGreaterThanOrEqual(6 * aMinute);
  });
});
