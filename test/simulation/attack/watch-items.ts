import type { Item } from "../expressions.ts";
import type { Invocation } from "./invocations.ts";
import type { Simulation } from "./simulation.ts";
import type { Watch } from "./watch.ts";

const aMinute = 60_000;
/** How far clocks may be off. */
const skew = 5 * aMinute;

interface Licenses {
  readonly op?: {
    readonly uuid: string;
    readonly version: number;
    readonly request: { readonly itemId: string };
  };
  readonly subscription?: { readonly id: string; readonly itemId: string };
  readonly seats: number;
  readonly seatLimit?: number;
  readonly desiredVersion: number;
  readonly appliedVersion?: number;
  readonly refreshWanted?: number;
  readonly refreshDone?: number;
  readonly cancelWanted?: string;
  readonly parked?: { readonly version: number };
  readonly gsi2pk?: string;
  readonly gsi2sk?: string;
}

/** A ledger as a commit leaves it. */
export function checkLedger(watch: Watch, simulation: Simulation, from: Item | undefined, to: Item): void {
  const [before, after] = [from as Licenses | undefined, to as unknown as Licenses];
  if (before && after.seats > before.seats && after.seats > (after.seatLimit ?? Number.POSITIVE_INFINITY))
    watch.violated("within the limit", `${after.seats} seats of ${after.seatLimit}`);
  if (before?.op && before.op.uuid !== after.op?.uuid) checkClosed(watch, simulation, before.op, after);
  if (!after.subscription) return;
  const { op, desiredVersion, appliedVersion, parked, refreshWanted = 0, refreshDone = 0 } = after;
  const isBehind = desiredVersion !== appliedVersion && parked?.version !== desiredVersion;
  if (!op && !isBehind && refreshWanted === refreshDone) return;
  const isListed = after.gsi2pk?.startsWith("DUE#LICENSES") && after.gsi2sk !== undefined;
  const at = Date.parse(after.gsi2sk ?? "");
  if (!isListed)
    watch.violated("work is due", `listed in ${after.gsi2pk ?? "nothing"} at ${after.gsi2sk ?? "no time"}`);
  else if (at > simulation.now + skew + 2 * aMinute) watch.violated("work is due", `only at ${after.gsi2sk}`);
}

/** An intent that is open no more: Stripe must have answered it for good, and as the ledger says. */
function checkClosed(
  watch: Watch,
  { stripe }: Simulation,
  { uuid, version, request }: NonNullable<Licenses["op"]>,
  { appliedVersion }: Licenses,
): void {
  const answer = watch.definite(uuid);
  const { subscriptionId = "" } = stripe.item(request.itemId) ?? {};
  const isGone = stripe.subscriptions.get(subscriptionId)?.status === "canceled";
  if (!answer && !isGone)
    watch.violated(
      "one open intent",
      `the intent of version ${version} was dropped without a definite answer`,
    );
  if (appliedVersion === version && answer !== "applied" && !isGone)
    watch.violated(
      "one open intent",
      `version ${version} counts as applied, and Stripe answered: ${answer ?? "nothing"}`,
    );
}

/** An invitation as a commit leaves it. */
export function checkInvitation(
  watch: Watch,
  { now }: Simulation,
  { clock }: Invocation,
  before: Item | undefined,
  after: Item,
): void {
  const { state, gsi1pk, gsi2pk, gsi2sk, expiresAt, owed } = after as { [name: string]: string } & {
    expiresAt: number;
  };
  const from = before?.state;
  if (from !== undefined && from !== state) {
    const isMove = state === "Pending" ? from === "Expired" || from === "Failed" : from === "Pending";
    if (!isMove) watch.violated("moves by the rules", `${from} to ${state}`);
    const ends = Number(before?.expiresAt);
    const isInTime = state === "Pending" || (state === "Expired" ? clock >= ends : clock < ends);
    if (!isInTime) watch.violated("moves by the rules", `${state} at the wrong time`);
  }
  const isOpen = state === "Pending";
  const isListed = [gsi1pk, gsi2pk, gsi2sk].every((key) => (key !== undefined) === isOpen);
  if (!isListed) watch.violated("listed while open", `${state}, and ${gsi2sk ?? "not listed"}`);
  else if (
    isOpen &&
    Date.parse(gsi2sk ?? "") > (owed ? now + skew + 66 * aMinute : Math.max(expiresAt, now + skew))
  )
    watch.violated("listed while open", `due only at ${gsi2sk}`);
}
