import { expect } from "vitest";
import { type Access, roleOf } from "../../shared/domain/accesses.ts";
import type { MemoryTable } from "./memory-table.ts";

/** Who is a member where, with which role, and where each person is at work; people and businesses as numbers. */
export function stateOf(
  table: MemoryTable,
  businessIds: readonly string[],
  userIds: readonly string[],
): string {
  const members = businessIds.map((businessId) =>
    activeMembers(table, businessId)
      .map(({ userId, access }) => `${userIds.indexOf(String(userId))}:${roleOf(access as Access)}`)
      .sort(),
  );
  const current = userIds.map((userId) => {
    const { currentBusinessId } = table.partition(`USER#${userId}`, "USER")[0] ?? {};
    return currentBusinessId === undefined ? null : businessIds.indexOf(String(currentBusinessId));
  });
  return JSON.stringify({ members, current });
}

function activeMembers(table: MemoryTable, businessId: string) {
  return table.partition(`BUSINESS#${businessId}`, "MEMBER#").filter(({ state }) => state === "Active");
}

/** What holds at every moment: owners, seats, both sides of memberships, one current business, one event a change. */
export function expectSound(
  table: MemoryTable,
  businessIds: readonly string[],
  userIds: readonly string[],
  events: number,
): void {
  for (const businessId of businessIds) {
    const [business] = table.partition(`BUSINESS#${businessId}`, "BUSINESS");
    const [ledger] = table.partition(`BUSINESS#${businessId}`, "LICENSES");
    const active = activeMembers(table, businessId);
    const owners = active.filter(({ access }) => access === "owner").length;
    expect(owners, "a business has an owner").toBeGreaterThanOrEqual(1);
    expect(business?.ownerCount, "ownerCount equals the owners counted").toBe(owners);
    expect(ledger?.seats, "seats equal the members counted").toBe(active.length);
    for (const { userId, id } of active) {
      const [side] = table.partition(`USER#${userId}`, `MEMBER#${businessId}`);
      expect(side?.id, "both sides of a membership bear one id").toBe(id);
    }
  }
  for (const userId of userIds) {
    const [user] = table.partition(`USER#${userId}`, "USER");
    const sides = table.partition(`USER#${userId}`, "MEMBER#").map(({ businessId }) => String(businessId));
    const active = businessIds.filter((id) =>
      activeMembers(table, id).some((member) => member.userId === userId),
    );
    expect(sides.sort(), "a person's side lists their memberships").toEqual(active.toSorted());
    if (active.length > 0)
      expect(active, "one current business, among their own").toContain(user?.currentBusinessId);
    else expect(user?.currentBusinessId, "no current business without a membership").toBeUndefined();
  }
  const recorded = [...table.items.values()].filter(({ sk }) => String(sk).startsWith("EVENT#"));
  expect(recorded.length, "one audit event for each acknowledged change, none for a refused one").toBe(
    events,
  );
}
