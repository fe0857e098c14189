import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canMove,
  type InvitationState,
  invitationStatuses,
  type Move,
  type MoveName,
  moves,
  safeMessage,
  statusOf,
} from "../../shared/domain/invitations.ts";
import { Aliases, type Condition, conditionExpression } from "../../shared/table/expressions.ts";
import { moveCondition, statusCondition } from "../../shared/table/invitations.ts";
import { holds } from "../simulation/expressions.ts";

const states: InvitationState[] = ["Pending", "Accepted", "Declined", "Revoked", "Expired", "Failed"];
const names = Object.keys(moves) as MoveName[];
const now = 1_800_000_000_000;

const stored = fc.record({
  state: fc.constantFrom(...states),
  expiresAt: fc.constantFrom(now - 1, now, now + 1),
  resentAt: fc.constantFrom(undefined, now - 5),
});

/** Whether DynamoDB would find an item to pass a condition. */
function passes(condition: Condition, item: object): boolean {
  const aliases = new Aliases();
  const expression = conditionExpression(condition, aliases);
  return holds(expression, JSON.parse(JSON.stringify({ pk: "p", ...item })), aliases.members());
}

describe("each invitation is in one state, and moves as the table of moves says", () => {
  test("the moves are those of the design", () => {
    const drawn = names.map((name) => `${moves[name].from} → ${moves[name].to} by ${name}`);
    expect(drawn).toEqual([
      "Pending → Pending by send",
      "Pending → Pending by renew",
      "Pending → Accepted by accept",
      "Pending → Declined by decline",
      "Pending → Revoked by revoke",
      "Pending → Expired by expire",
      "Pending → Failed by fail",
      "Expired,Failed → Pending by reopen",
    ]);
  });

  test("one row gives the domain check and the DynamoDB condition", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), stored, (name, item) => {
        expect(passes(moveCondition(name, now), item)).toBe(canMove(name, item, now));
      }),
      { numRuns: 500 },
    );
  });

  test("at one instant an open invitation can be answered or expired, never both", () => {
    for (const expiresAt of [now - 1, now, now + 1]) {
      const open = { state: "Pending", expiresAt } as const;
      const answers = (["accept", "decline", "revoke", "send", "fail"] as const).map((name) =>
        canMove(name, open, now),
      );
      expect(new Set(answers)).toEqual(new Set([!canMove("expire", open, now)]));
    }
  });

  test("what was answered or revoked is never open again", () => {
    for (const state of ["Accepted", "Declined", "Revoked"] as const) {
      expect(names.filter((name) => canMove(name, { state, expiresAt: now + 1 }, now))).toEqual([]);
    }
  });

  test("every guard names a side of the expiry", () => {
    for (const move of Object.values(moves) as Move[]) {
      expect([undefined, "ahead", "passed"]).toContain(move.expiry);
    }
  });
});

describe("what the API shows", () => {
  test.each([
    ["Pending", now + 1, undefined, "Pending"],
    ["Pending", now + 1, now - 5, "Resent"],
    ["Pending", now, undefined, "Expired"],
    ["Pending", now, now - 5, "Expired"],
    ["Accepted", now, now - 5, "Accepted"],
    ["Declined", now + 1, undefined, "Revoked"],
    ["Revoked", now + 1, undefined, "Revoked"],
    ["Expired", now - 1, undefined, "Expired"],
    ["Failed", now + 1, undefined, "Failed to send"],
  ] as const)("%s, expiring at %i, resent at %s, is shown as %s", (state, expiresAt, resentAt, status) => {
    expect(statusOf({ state, expiresAt, resentAt }, now)).toBe(status);
  });

  test("a list of a status holds exactly the invitations that are shown in it", () => {
    fc.assert(
      fc.property(stored, (item) => {
        const lists = invitationStatuses.filter((status) => passes(statusCondition(status, now), item));
        expect(lists).toEqual([statusOf(item, now)]);
      }),
      { numRuns: 500 },
    );
  });

  test("every state has a sentence that may be shown, and an overdue one says that it has expired", () => {
    for (const state of states) {
      expect(safeMessage({ state, expiresAt: now + 1 }, now)).toMatch(/^This invitation .*\.$/);
    }
    expect(safeMessage({ state: "Pending", expiresAt: now }, now)).toBe(
      safeMessage({ state: "Expired", expiresAt: now }, now),
    );
  });
});
