import { type Access, accesses, type Role, ranksAtLeast } from "../../../shared/domain/accesses.ts";
import type { Item } from "../expressions.ts";
import { type Invariant, invariants, type Violation } from "./invariants.ts";
import type { Invocation, Note } from "./invocations.ts";
import type { Simulation } from "./simulation.ts";
import { checkInvitation, checkLedger } from "./watch-items.ts";

export interface Change {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** The least role that each audit event needs of its actor, where it needs one. */
const leastRole: Readonly<Record<string, Role>> = {
  "member.added": "Admin",
  "member.removed": "Admin",
  "member.role_changed": "Agent",
  "ownership.transferred": "Owner",
  "invitation.created": "Admin",
  "invitation.resent": "Admin",
  "invitation.revoked": "Admin",
  "licenses.limited": "Owner",
  "subscription.ended": "Owner",
};

/** The events that say what somebody asked for has been done. */
const primary = new Set([
  ...Object.keys(leastRole),
  "member.left",
  "invitation.accepted",
  "invitation.declined",
]);

export type StoredLedger = Item & {
  readonly op?: {
    readonly uuid: string;
    readonly version: number;
    readonly request: { readonly itemId: string; readonly quantity: number };
  };
  readonly seats: number;
  readonly subscription?: { readonly id: string; readonly itemId: string };
  readonly customer?: { readonly id: string };
  readonly parked?: { readonly version: number };
};

interface Intent {
  readonly version: number;
  readonly quantity: number;
}

/** Looks at every commit, and at all that is sent, whether the invariants hold; keeps what does not. */
export class Watch {
  readonly violations: Violation[] = [];
  /** How often each client's request, by its name, has been carried out. */
  readonly outcomes = new Map<string, number>();
  /** When the seats last changed, and since when Stripe has them; undefined while it doesn't. */
  changedAt = 0;
  beganAt = 0;
  settledAt: number | undefined;
  readonly #simulation: Simulation;
  readonly #note: Note | undefined;
  #changes: Change[] = [];
  readonly #intents = new Map<string, Intent>();
  #newest = -1;
  readonly #claims = new Set<string>();
  readonly #sent = new Map<string, string>();
  readonly #events = new Set<unknown>();
  readonly #published = new Set<unknown>();
  readonly #declined = new Map<
    number,
    { readonly at: number; readonly card: string; readonly times: number }
  >();
  /** When Stripe was last read by an invocation, and when each of Stripe's news came. */
  readonly #reads = new Map<Invocation, number>();
  readonly #newsAt: number[] = [];
  #isWatching = false;

  constructor(simulation: Simulation, note: Note | undefined) {
    this.#simulation = simulation;
    this.#note = note;
  }

  /** The ledger, and Stripe's quantity, in a line. */
  #said(): string {
    const { seats, openInvitations, desiredVersion, appliedVersion, op, subscription, parked } = this.ledger;
    const quantity = this.#simulation.stripe.item(subscription?.itemId ?? "")?.quantity;
    const intent = op ? `an intent of ${op.request.quantity} for version ${op.version}` : "no intent";
    const state = subscription ? (parked ? "parked" : "subscribed") : "no subscription";
    return (
      `${seats} seats, ${openInvitations} of open invitations, version ${desiredVersion}, ` +
      `applied ${appliedVersion ?? "none"}, ${intent}, ${state}; Stripe has ${quantity ?? "no item"}`
    );
  }

  /** From now on; what was before is the world as it begins. */
  begin(): void {
    this.beganAt = this.#simulation.now;
    this.#changes = [];
    this.#isWatching = true;
    const { op, desiredVersion } = this.ledger;
    if (op) this.#intents.set(op.uuid, { version: op.version, quantity: op.request.quantity });
    this.#newest = desiredVersion as number;
    for (let n = Number(this.ledger.refreshWanted ?? 0); n >= 0; n -= 1) this.#newsAt[n] = 0;
    this.#settle();
  }

  get ledger(): StoredLedger {
    const { businessId } = this.#simulation;
    return (this.#simulation.item(`BUSINESS#${businessId}`, "LICENSES") ?? {}) as never;
  }

  violated(invariant: Invariant, says: string): void {
    const { now, writing } = this.#simulation;
    if (!(invariant in invariants)) throw new Error(`no invariant ${invariant}`);
    this.#note?.(`BROKEN: ${invariant}: ${says}`);
    this.violations.push({ invariant, says, by: writing?.name ?? "", at: now, ledger: this.#said() });
  }

  changed(before: Item | undefined, after: Item | undefined): void {
    if (this.#isWatching) this.#changes.push({ before, after });
  }

  /** After each write, at that instant. */
  committed(it: Invocation): void {
    const changes = this.#changes;
    if (changes.length === 0) return;
    this.#changes = [];
    const happened = changes.flatMap(({ after }) =>
      String(after?.sk).startsWith("EVENT#") ? [after as Item] : [],
    );
    for (const { before, after } of changes) this.#checkChange(it, before, after, happened);
    if (changes.some(({ before, after }) => String((after ?? before)?.pk).startsWith("BUSINESS#")))
      this.#count();
    for (const event of happened) this.#checkEvent(event, changes, happened);
    if (happened.some(({ type }) => primary.has(String(type)))) {
      it.commits += 1;
      const request = it.name.replace(/ try .*$/, "");
      const outcomes = (this.outcomes.get(request) ?? 0) + 1;
      this.outcomes.set(request, outcomes);
    }
    this.#settle();
  }

  #checkChange(
    it: Invocation,
    before: Item | undefined,
    after: Item | undefined,
    happened: readonly Item[],
  ): void {
    const sk = String((after ?? before)?.sk);
    if (sk === "LICENSES" && after) {
      this.#checkNews(it, before, after);
      const { op, seats } = after as unknown as StoredLedger;
      if (op && !this.#intents.has(op.uuid))
        this.#intents.set(op.uuid, { version: op.version, quantity: op.request.quantity });
      if (before && before.seats !== seats) this.changedAt = this.#simulation.now;
      checkLedger(this, this.#simulation, before, after);
    }
    if (sk.startsWith("INVITATION#") && after) {
      checkInvitation(this, this.#simulation, it, before, after);
      if (after.state === "Pending" && after.sendNo !== (before?.sendNo ?? 0))
        this.#claims.add(`${after.id} ${after.sendNo}`);
      if (before?.state === "Pending" && after.state === "Accepted") this.#checkInviter(after, happened);
    }
    if (sk.startsWith("MEMBER#")) this.#checkSides((after ?? before) as Item, after);
    if (sk.startsWith("EVENT#") && !before) this.#events.add(after?.id);
  }

  #checkNews(it: Invocation, before: Item | undefined, after: Item): void {
    const [wanted, done] = [Number(after.refreshWanted ?? 0), Number(after.refreshDone ?? 0)];
    if (wanted > Number(before?.refreshWanted ?? 0)) this.#newsAt[wanted] = this.#simulation.now;
    if (done === Number(before?.refreshDone ?? 0)) return;
    const readAt = this.#reads.get(it);
    const cameAt = this.#newsAt[done] ?? 0;
    if (readAt !== undefined && readAt < cameAt)
      this.violated("news are read", `news ${done} count as read, and came after Stripe was`);
  }

  #checkSides({ pk, sk }: Item, after: Item | undefined): void {
    const [one, other] = [String(pk).split("#"), String(sk).split("#")];
    const [userId, businessId] = one[0] === "USER" ? [one[1], other[1]] : [other[1], one[1]];
    const member = this.#simulation.item(`BUSINESS#${businessId}`, `MEMBER#${userId}`);
    const side = this.#simulation.item(`USER#${userId}`, `MEMBER#${businessId}`);
    if ((member?.state === "Active") !== (side !== undefined))
      this.violated(
        "two sides",
        `${userId}: ${member?.state ?? "no member"}, ${side ? "" : "not "}on their own side`,
      );
    const { userIds } = this.#simulation;
    const isInvited = this.#simulation.item(
      `BUSINESS#${businessId}`,
      `INVITED#person-${userIds.indexOf(String(userId))}@example.com`,
    );
    if (after?.state === "Active" && isInvited)
      this.violated("invited or member", `person ${userIds.indexOf(String(userId))} is both`);
  }

  /** Counts what is held, owned and claimed in the business. */
  #count(): void {
    const { businessId, table } = this.#simulation;
    let [members, owners, open] = [0, 0, 0];
    const claimed = new Map<string, unknown>();
    const invited = new Map<string, unknown>();
    for (const item of table.items.of(`BUSINESS#${businessId}`)) {
      const sk = item.sk as string;
      if (sk.startsWith("MEMBER#") && item.state === "Active") {
        members += 1;
        if (item.access === "owner") owners += 1;
      } else if (sk.startsWith("INVITATION#") && item.state === "Pending") {
        open += 1;
        invited.set(`${item.emailKey} ${item.expiresAt}`, item.id);
      } else if (sk.startsWith("INVITED#"))
        claimed.set(`${sk.slice(8)} ${item.expiresAt}`, item.invitationId);
    }
    const { seats, openInvitations } = this.ledger;
    if (seats !== members + open || openInvitations !== open)
      this.violated(
        "seats are counted",
        `${seats} seats, ${openInvitations} of invitations; counted: ${members} members, ${open} invitations`,
      );
    const { ownerCount } = this.#simulation.item(`BUSINESS#${businessId}`, "BUSINESS") ?? {};
    if (owners < 1 || ownerCount !== owners)
      this.violated("an owner stays", `${ownerCount} owners, counted: ${owners}`);
    const isOne = claimed.size === open && [...invited].every(([at, id]) => claimed.get(at) === id);
    if (!isOne)
      this.violated("one claim", `${claimed.size} claims of ${open} open invitations, or of others`);
  }

  /** The access that somebody had until this commit. */
  #accessBefore(userId: unknown, changes: readonly Change[]): Access | undefined {
    const { businessId } = this.#simulation;
    const changed = changes.find(({ before, after }) => (after ?? before)?.sk === `MEMBER#${userId}`);
    const member = changed
      ? changed.before
      : this.#simulation.item(`BUSINESS#${businessId}`, `MEMBER#${userId}`);
    return member?.state === "Active" ? (member.access as Access) : undefined;
  }

  #checkEvent(
    { type, actorUserId, subjectId }: Item,
    changes: readonly Change[],
    happened: readonly Item[],
  ): void {
    const least = leastRole[String(type)];
    if (!least || !actorUserId) return;
    const isAccepting = happened.some(
      (event) => event.type === "invitation.accepted" && event.actorUserId !== actorUserId,
    );
    if (type === "member.added" && isAccepting) return; // it is the inviter's
    const access = this.#accessBefore(actorUserId, changes);
    const subject = this.#accessBefore(subjectId, changes);
    const role = access && accesses[access].role;
    const touched = type === "member.removed" && subject ? accesses[subject].role : least;
    if (!role || !ranksAtLeast(role, least) || !ranksAtLeast(role, touched)) {
      const { userIds } = this.#simulation;
      this.violated(
        "caller may",
        `${type} by person ${userIds.indexOf(String(actorUserId))}, who was ${role ?? "no member"}`,
      );
    }
  }

  #checkInviter({ invitedByUserId, access, endedByUserId, emailKey }: Item, happened: readonly Item[]): void {
    const { userIds } = this.#simulation;
    const own = userIds[Number(/\d/.exec(String(emailKey))?.[0])];
    const joins = happened.some(({ type }) => type === "member.added");
    if (endedByUserId !== own || !joins) return;
    const inviter = this.#accessBefore(invitedByUserId, []);
    const role = inviter && accesses[inviter].role;
    if (!role || !ranksAtLeast(role, "Admin") || !ranksAtLeast(role, accesses[access as Access].role))
      this.violated("inviter may grant", `the inviter was ${role ?? "no member"}`);
  }

  definite(uuid: string): "applied" | "declined" | "failed" | undefined {
    const answer = this.#simulation.stripe.answerTo(uuid);
    if (!answer) return undefined;
    return answer.ok ? "applied" : answer.status === 402 ? "declined" : "failed";
  }

  quantity(key: string, quantity: number): void {
    const intent = this.#intents.get(key);
    if (!intent) this.violated("sent as written", `quantity ${quantity} under a key that nobody wrote down`);
    else if (intent.quantity !== quantity)
      this.violated("sent as written", `${quantity} instead of ${intent.quantity}`);
    const version = intent?.version ?? -1;
    if (version < this.#newest)
      this.violated("in order of versions", `version ${version} reached Stripe after ${this.#newest}`);
    this.#newest = Math.max(this.#newest, version);
    this.#settle();
  }

  charged(key: string, isPaid: boolean): void {
    const version = this.#intents.get(key)?.version ?? -1;
    const { now, stripe } = this.#simulation;
    const before = this.#declined.get(version);
    const card = stripe.paymentMethodId;
    const isSame = before?.card === card && now - before.at < 23 * 60 * 60_000;
    const times = isSame ? before.times + 1 : 1;
    // Once more where Stripe's news of another card came after that card was declined.
    const isReplaced = card !== "pm_1";
    if (times > (isReplaced ? 2 : 1))
      this.violated("declined once", `the card was charged ${times} times for version ${version}`);
    if (!isPaid) this.#declined.set(version, { at: now, card, times });
  }

  /** A mail is about to be sent. */
  sends(
    it: Invocation,
    { input }: { readonly input: { readonly Tags?: { Name: string; Value: string }[] } },
  ): void {
    const tag = (name: string) => input.Tags?.find(({ Name }) => Name === name)?.Value;
    const mail = `${tag("invitationId")} ${tag("sendNo")}`;
    if (!this.#claims.has(mail)) this.violated("mail is claimed", `mail ${tag("sendNo")} is nobody's`);
    const by = this.#sent.get(mail);
    if (by !== undefined)
      this.violated("no mail twice", `mail ${tag("sendNo")} was sent by ${by} and by ${it.name}`);
    this.#sent.set(mail, it.name);
  }

  mailed(_mail: unknown): void {}

  readsStripe(it: Invocation): void {
    this.#reads.set(it, this.#simulation.now);
  }

  published(eventId: unknown): unknown {
    this.#published.add(eventId);
    return eventId;
  }

  /** Audit events that nobody was told of. */
  get unpublished(): unknown[] {
    const { failed } = this.#simulation.streams;
    return [...this.#events].filter((id) => !this.#published.has(id) && !failed.has(id));
  }

  /** Notes since when Stripe has the seats. */
  #settle(): void {
    const { op, seats, desiredVersion, appliedVersion, subscription } = this.ledger;
    const isApplied =
      desiredVersion === appliedVersion &&
      this.#simulation.stripe.item(subscription?.itemId ?? "")?.quantity === seats;
    const isSettled = !op && (!subscription || isApplied);
    this.settledAt = isSettled ? (this.settledAt ?? this.#simulation.now) : undefined;
  }
}
