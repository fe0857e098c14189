import { expect } from "vitest";
import { type Access, ranksAtLeast, roleOf } from "../../shared/domain/accesses.ts";
import { type Ending, moves } from "../../shared/domain/invitations.ts";
import type { InvitationItem, InvitedItem } from "../../shared/table/invitations.ts";
import type { MemberItem } from "../../shared/table/members.ts";
import type { Item } from "./expressions.ts";
import type { World } from "./invitation-world.ts";

const endings = ["accept", "decline", "revoke", "expire", "fail"] as const satisfies Ending[];

export function invitationsIn({ table }: World, businessId: string): InvitationItem[] {
  return table.partition(`BUSINESS#${businessId}`, "INVITATION#") as unknown as InvitationItem[];
}

function membersIn({ table }: World, businessId: string): MemberItem[] {
  const members = table.partition(`BUSINESS#${businessId}`, "MEMBER#") as unknown as MemberItem[];
  return members.filter(({ state }) => state === "Active");
}

/** What holds after every single commit. */
export function expectSoundInvitations(world: World, businessId: string): void {
  const { table } = world;
  const invitations = invitationsIn(world, businessId);
  const open = invitations.filter(({ state }) => state === "Pending");
  const [ledger] = table.partition(`BUSINESS#${businessId}`, "LICENSES");
  const members = membersIn(world, businessId).length;
  expect(ledger?.seats, "seats = active members + open invitations").toBe(members + open.length);
  expect(ledger?.openInvitations, "openInvitations = those counted").toBe(open.length);

  const claims = table.partition(`BUSINESS#${businessId}`, "INVITED#") as (Item & InvitedItem)[];
  const claimed = claims.map(({ sk, invitationId, expiresAt }) => `${sk} ${invitationId} ${expiresAt}`);
  const claimable = open.map(({ emailKey, id, expiresAt }) => `INVITED#${emailKey} ${id} ${expiresAt}`);
  expect(claimed.sort(), "one claim for each open invitation, at most one an address").toEqual(
    claimable.sort(),
  );

  for (const invitation of invitations) {
    const { gsi1pk, gsi2pk, gsi2sk } = invitation as unknown as Item;
    const isOpen = invitation.state === "Pending";
    expect(
      [gsi1pk, gsi2pk, gsi2sk].every((key) => (key !== undefined) === isOpen),
      "listed while open",
    ).toBe(true);
    if (isOpen) {
      const due = Date.parse(String(gsi2sk));
      const latest = Math.max(invitation.expiresAt, world.now + 12 * 60_000);
      expect(due, "due at its expiry at the latest").toBeLessThanOrEqual(latest);
    }
    expect(invitation.tokenHashes.length, "the newest 16 tokens").toBeLessThanOrEqual(16);
    expectOneEndEach(world, invitation);
  }
}

/** The audit says which end each opening of an invitation had: exactly one, or none yet. */
function expectOneEndEach({ table }: World, { businessId, id, state }: InvitationItem): void {
  const events = table
    .partition(`BUSINESS#${businessId}`, "EVENT#")
    .filter(({ subjectId }) => subjectId === id);
  const ends = events.filter(({ type }) => endings.some((name) => moves[name].event === type));
  const kinds = ends.map(({ type }) => type);
  expect(kinds.filter((type) => type === "invitation.accepted").length).toBeLessThanOrEqual(1);
  const expected = endings.find((name) => moves[name].to === state);
  if (expected) expect(kinds, "the end that it is in is in the audit").toContain(moves[expected].event);
  const final = kinds.filter((type) => !["invitation.expired", "invitation.failed"].includes(String(type)));
  const isFinal = ["Accepted", "Declined", "Revoked"].includes(state);
  expect(final.length, "exactly one of accepted, declined and revoked wins").toBe(Number(isFinal));
}

/** Of each change of an invitation: that it is a move, and who may make it. `before` is the state until then. */
export function expectMoves(
  before: ReadonlyMap<string, InvitationItem>,
  world: World,
  businessId: string,
): void {
  for (const invitation of invitationsIn(world, businessId)) {
    const was = before.get(invitation.id);
    if (!was || was.state === invitation.state) continue;
    const isMove = Object.values(moves).some(
      ({ from, to }) => (from as readonly string[]).includes(was.state) && to === invitation.state,
    );
    expect(isMove, `${was.state} → ${invitation.state} is a move`).toBe(true);
  }
}

/** Whether a member may invite to a role, at this instant. */
export function mayInvite(world: World, businessId: string, userId: string, access: Access): boolean {
  const inviter = membersIn(world, businessId).find((member) => member.userId === userId);
  const role = inviter && roleOf(inviter.access);
  return role !== undefined && ranksAtLeast(role, "Admin") && ranksAtLeast(role, roleOf(access));
}
