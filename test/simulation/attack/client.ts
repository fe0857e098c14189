import type { CallOptions } from "../../table/in-process.ts";
import type { Item } from "../expressions.ts";
import type { Act, Deed } from "./schedule.ts";
import { type Simulation, seconds } from "./simulation.ts";

export interface Answered {
  readonly status: number;
  readonly body: { readonly id?: string; readonly code?: string };
}

type Request = readonly [key: string, who: number, options: CallOptions];

/** What a client knows of a request of its own in the end. */
export type History = "ok" | "failed" | "unknown";

/** A client does a deed over HTTP: sends it, hears the answer or doesn't, and asks again where it knows nothing. */
export async function send(simulation: Simulation, act: Act, twin: number): Promise<void> {
  const request = requestOf(simulation, act.deed);
  if (!request) return;
  const [key, who, options] = request;
  const mostTries = 3;
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const common = { "x-business-id": simulation.businessId };
    const headers = act.keyed ? { ...common, "idempotency-key": act.id } : common;
    const name = `${act.id}${act.keyed ? "" : `.${twin}.${tries}`} try ${twin}.${tries}`;
    let invocation: { commits: number } | undefined;
    const ended = await simulation.call(name, key, who, { ...options, headers }, act.skew, (it) => {
      invocation = it;
    });
    const answer = "value" in ended ? (ended.value as Answered) : undefined;
    const history = historyOf(answer);
    hold(simulation, act, name, answer, invocation?.commits ?? 0);
    if (history !== "unknown") return;
    await simulation.timeline.sleep((1 + simulation.timeline.chance(4)) * seconds * tries ** 2);
  }
}

/** Refusals for now, and answers that never came, leave it open what became of the request. */
function historyOf(answer: Answered | undefined): History {
  if (!answer || answer.status >= 500 || answer.body?.code === "request_in_progress") return "unknown";
  return answer.status < 300 ? "ok" : "failed";
}

/** What may be done without a change of what is watched. */
const changesNothing = new Set<Deed["do"]>(["look", "role", "bulk", "switch", "checkout"]);

/** What a client was told must be so. */
function hold(
  simulation: Simulation,
  act: Act,
  name: string,
  answer: Answered | undefined,
  commits: number,
): void {
  if (!answer) return;
  const { watch } = simulation;
  const history = historyOf(answer);
  if (answer.status === 500)
    watch.violated("no failure of ours", `${name} was answered with ${answer.status}`);
  const outcomes = watch.outcomes.get(name.replace(/ try .*$/, "")) ?? 0;
  const isChange = !changesNothing.has(act.deed.do);
  if (history === "ok" && isChange && outcomes === 0)
    watch.violated("answers are true", `${name} was told that it is done, and it is not`);
  if (history === "failed" && commits > 0 && act.deed.do !== "bulk")
    watch.violated("answers are true", `${name} was refused (${answer.body?.code}), and it is done`);
  if (act.keyed && act.deed.do !== "bulk" && outcomes > 1)
    watch.violated("one outcome", `${act.id} was carried out ${outcomes} times`);
}

/** The request of a deed, or undefined where there is nothing to do it upon. */
function requestOf(simulation: Simulation, deed: Deed): Request | undefined {
  const { businessId, userIds, mails, table } = simulation;
  const invitations = () => table.partition(`BUSINESS#${businessId}`, "INVITATION#");
  const pick = <Value>(of: readonly Value[], n: number): Value | undefined =>
    of.at(-1 - (n % Math.max(of.length, 1)));
  switch (deed.do) {
    case "invite":
      return [
        "invitations/invite-member",
        deed.who,
        { body: { email: addressOf(deed.whom), role: deed.role } },
      ];
    case "bulk": {
      const body = { invitations: deed.whoms.map((n) => ({ email: addressOf(n) })) };
      return ["invitations/invite-members", deed.who, { body }];
    }
    case "resend":
    case "revoke": {
      const invitationId = String(pick(invitations(), deed.pick)?.id ?? "");
      return invitationId
        ? [`invitations/${deed.do}-invitation`, deed.who, { params: { invitationId } }]
        : undefined;
    }
    case "accept":
    case "decline": {
      const invitation: Item | undefined = pick(invitations(), deed.pick);
      const mail = pick(mails, deed.pick);
      if (deed.byToken ? !mail : !invitation) return undefined;
      const body = deed.byToken ? { token: mail?.token } : { businessId, invitationId: invitation?.id };
      const invited = Number(/\d/.exec(deed.byToken ? (mail?.to ?? "") : String(invitation?.emailKey))?.[0]);
      return [`invitations/${deed.do}-invitation`, deed.who ?? invited, { body }];
    }
    case "add":
      return ["members/add-member", deed.who, { body: { userId: userIds[deed.whom], role: deed.role } }];
    case "role":
      return [
        "members/update-member",
        deed.who,
        { params: { userId: userIds[deed.whom] ?? "" }, body: { role: deed.role } },
      ];
    case "remove":
      return ["members/remove-member", deed.who, { params: { userId: userIds[deed.whom] ?? "" } }];
    case "leave":
      return ["members/remove-member", deed.who, { params: { userId: userIds[deed.who] ?? "" } }];
    case "transfer":
      return ["members/transfer-ownership", deed.who, { params: { userId: userIds[deed.whom] ?? "" } }];
    case "switch":
      return ["businesses/switch-business", deed.who, { body: { businessId } }];
    case "checkout":
      return ["licenses/begin-subscription", deed.who, { body: { billingPlan: "Monthly" } }];
    case "limit": {
      const seatLimit = deed.more === null ? null : Number(simulation.watch.ledger.seats) + deed.more;
      return ["licenses/limit-licenses", deed.who, { body: { seatLimit } }];
    }
    case "end subscription":
      return ["licenses/end-subscription", deed.who, {}];
    case "look":
      return ["licenses/get-licenses", deed.who, {}];
    default:
      return undefined;
  }
}

const addressOf = (n: number) => (n % 2 === 0 ? `person-${n}@example.com` : `  Person-${n}@EXAMPLE.com. `);
