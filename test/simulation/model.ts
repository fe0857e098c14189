import { type Role, ranksAtLeast } from "../../shared/domain/accesses.ts";

/** What people do, in the terms of the model: people and businesses are numbers. */
export type Step =
  | { readonly do: "create"; readonly who: number; readonly as: number }
  | { readonly do: "switch"; readonly who: number; readonly at: number }
  | { readonly do: "rename"; readonly who: number; readonly at: number }
  | {
      readonly do: "add" | "role";
      readonly who: number;
      readonly at: number;
      readonly whom: number;
      readonly role: Role;
    }
  | { readonly do: "remove" | "transfer"; readonly who: number; readonly at: number; readonly whom: number };

type Members = ReadonlyMap<number, { readonly role: Role; readonly since: number }>;

/** Who is a member where and since when, and where each person is at work. */
export interface Model {
  readonly businesses: ReadonlyMap<number, Members>;
  readonly current: ReadonlyMap<number, number>;
}

export const nothing: Model = { businesses: new Map(), current: new Map() };

/** What a step leads to: the state after it, or a refusal; and whether it changed anything. */
export type Outcome =
  | { readonly ok: true; readonly model: Model; readonly changed: boolean }
  | { readonly ok: false };

const refused: Outcome = { ok: false };

/** The rules in their simplest form, one step after the other. `now` orders memberships by age. */
export function apply(model: Model, step: Step, now: number): Outcome {
  if (step.do === "create") {
    const owner: Members = new Map([[step.who, { role: "Owner", since: now }]]);
    const current = new Map(model.current).set(step.who, step.as);
    return changed({ businesses: new Map(model.businesses).set(step.as, owner), current });
  }
  const members = model.businesses.get(step.at);
  const caller = members?.get(step.who)?.role;
  if (!members || !caller) return refused;
  const same: Outcome = { ok: true, model, changed: false };
  if (step.do === "switch") {
    return {
      ok: true,
      model: { ...model, current: new Map(model.current).set(step.who, step.at) },
      changed: true,
    };
  }
  if (step.do === "rename") return ranksAtLeast(caller, "Admin") ? { ...same, changed: true } : refused;
  const target = members.get(step.whom);
  const isOnlyOwner =
    target?.role === "Owner" && [...members.values()].filter(({ role }) => role === "Owner").length === 1;
  if (step.do === "add") {
    if (target || !ranksAtLeast(caller, "Admin") || !ranksAtLeast(caller, step.role)) return refused;
    return joined(model, step.at, step.whom, step.role, now);
  }
  if (!target) return refused;
  if (step.do === "role") {
    if (
      !ranksAtLeast(caller, "Admin") ||
      !ranksAtLeast(caller, step.role) ||
      !ranksAtLeast(caller, target.role)
    )
      return refused;
    if (target.role === step.role) return same;
    if (isOnlyOwner) return refused;
    return withMembers(model, step.at, new Map(members).set(step.whom, { ...target, role: step.role }));
  }
  if (step.do === "transfer") {
    if (caller !== "Owner" || step.whom === step.who) return refused;
    const since = members.get(step.who)?.since ?? 0;
    const after = new Map(members)
      .set(step.whom, { ...target, role: "Owner" })
      .set(step.who, { role: "Admin", since });
    return withMembers(model, step.at, after);
  }
  const isLeaving = step.whom === step.who;
  if (!isLeaving && (!ranksAtLeast(caller, "Admin") || !ranksAtLeast(caller, target.role))) return refused;
  return isOnlyOwner ? refused : left(model, step.at, step.whom);
}

function changed(model: Model): Outcome {
  return { ok: true, model, changed: true };
}

function withMembers(model: Model, at: number, members: Members): Outcome {
  return changed({ ...model, businesses: new Map(model.businesses).set(at, members) });
}

function joined({ businesses, current }: Model, at: number, whom: number, role: Role, now: number): Outcome {
  const members = new Map(businesses.get(at)).set(whom, { role, since: now });
  return changed({
    businesses: new Map(businesses).set(at, members),
    current: current.has(whom) ? current : new Map(current).set(whom, at),
  });
}

/** The oldest of the remaining memberships becomes the current one. */
function left(model: Model, at: number, whom: number): Outcome {
  const members = new Map(model.businesses.get(at));
  members.delete(whom);
  const businesses = new Map(model.businesses).set(at, members);
  const current = new Map(model.current);
  if (current.get(whom) === at) {
    current.delete(whom);
    const remaining = [...businesses].flatMap(([n, of]) => {
      const since = of.get(whom)?.since;
      return since === undefined ? [] : [{ n, since }];
    });
    const [oldest] = remaining.sort((a, b) => a.since - b.since);
    if (oldest) current.set(whom, oldest.n);
  }
  return changed({ businesses, current });
}
