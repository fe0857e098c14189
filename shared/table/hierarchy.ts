import { Failed, type Failure, Forbidden, ParentNotFound, ParentNotPossible } from "../domain/failures.ts";
import { depthOf, mostDepth, type Placed } from "../domain/hierarchy.ts";
import { isId } from "../domain/ids.ts";
import type { Context } from "../operation.ts";
import type { BusinessItem } from "./businesses.ts";
import type { Write } from "./commit.ts";
import type { Tests } from "./expressions.ts";
import type { MemberItem } from "./members.ts";
import { get } from "./read.ts";
import { changedMeanwhile } from "./retry.ts";
import { key } from "./schema.ts";

/** What a place in the hierarchy takes: what the business itself becomes and must be, and the writes besides. */
export interface Placing {
  readonly set: Placed;
  /** What the business must be still, where it exists already. */
  readonly when: Tests;
  readonly writes: readonly Write[];
}

/** What a business may say of its place: the one above it, and whether it is the default one. */
type Place = Pick<BusinessItem, "parentBusinessId" | "isDefault">;

function isMoved({ parentBusinessId: before }: Place, wanted: Place): boolean {
  return "parentBusinessId" in wanted && wanted.parentBusinessId !== before;
}

function isMarked({ isDefault = false }: Place, wanted: Place): boolean {
  return "isDefault" in wanted && (wanted.isDefault ?? false) !== isDefault;
}

/** Whether a change is its Owners' to make: where the business stands becomes another. */
export function changesPlace(business: Place, wanted: Place): boolean {
  return isMoved(business, wanted) || isMarked(business, wanted);
}

/**
 * Puts a business below another, or makes it a root: by an Owner of both, where it has no children and the parent
 * isn't too deep. The parent counts it in the same transaction, and so can't be put elsewhere itself. Whether it is
 * the default one is said by an Owner of both, too.
 */
export async function placing(
  context: Context,
  userId: string,
  business: Pick<BusinessItem, "id"> & Placed & Place,
  wanted: Place,
): Promise<Placing> {
  const { id, parentBusinessId: before, childCount = 0 } = business;
  const { parentBusinessId: after } = wanted;
  if (!isMoved(business, wanted)) {
    if (!isMarked(business, wanted)) return { set: {}, when: {}, writes: [] };
    const writes = before ? [ownedBy(userId, before, Forbidden)] : [];
    return { set: {}, when: { parentBusinessId: before ?? null }, writes };
  }
  if (childCount > 0 || after === id) throw new Failed(ParentNotPossible);
  const parent = after === undefined ? undefined : await parentOf(context, after, userId);
  const depth = parent && depthOf(parent) + 1;
  if (depth !== undefined && depth > mostDepth) throw new Failed(ParentNotPossible);
  return {
    set: { parentBusinessId: after, depth },
    when: { parentBusinessId: before ?? null, childCount: business.childCount ?? null },
    writes: [
      ...(parent ? [ownedBy(userId, parent.id, ParentNotFound), count(parent, 1)] : []),
      ...(before === undefined ? [] : [count({ id: before }, -1)]),
    ],
  };
}

/** The parent that is wanted, which must be one that they are an Owner of: another's and an unknown one are alike. */
async function parentOf(context: Context, id: string, userId: string): Promise<BusinessItem> {
  if (!isId("biz", id)) throw new Failed(ParentNotFound);
  const [parent, member] = await Promise.all([
    get<BusinessItem>(context, key.business(id)),
    get<MemberItem>(context, key.member(id, userId)),
  ]);
  if (!parent || member?.state !== "Active" || member.access !== "owner") throw new Failed(ParentNotFound);
  return parent;
}

/** A business counts its children; the depth of one that gets another must still be what it was. */
function count(parent: Pick<BusinessItem, "id"> & Placed, children: 1 | -1): Write {
  const update = { update: key.business(parent.id), add: { childCount: children } };
  if (children < 0) return { ...update, when: "exists" };
  return { ...update, when: { id: parent.id, depth: parent.depth ?? null }, orElse: changedMeanwhile };
}

/** The check that somebody is an Owner of a business. */
export function ownedBy(userId: string, businessId: string, orElse: Failure): Write {
  return { check: key.member(businessId, userId), when: { state: "Active", access: "owner" }, orElse };
}
