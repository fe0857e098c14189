import { type Budget, budgets, type Rounds } from "./budgets.ts";
import type { Cast } from "./cast.ts";
import { commit, get, update } from "./units.ts";

/** One way to call an endpoint, and what that may spend. */
export interface Line extends Pick<Budget, "request" | "before" | "by"> {
  readonly endpoint: string;
  /** What is special about the call. */
  readonly when: string;
  readonly rounds: Rounds;
  /** Whether the business is in the header. */
  readonly inHeader: boolean;
  readonly headers: (cast: Cast) => Record<string, string>;
}

/** An endpoint's lines: with and without X-Business-Id, and a change with and without Idempotency-Key. */
export function linesOf(endpoint: string): Line[] {
  const { rounds, heedsHeader, withoutHeader, answerBytes } = budgets[endpoint] ?? { rounds: [] };
  const [first = [], ...others] = rounds;
  const inHeader: Line = {
    endpoint,
    when: "X-Business-Id",
    rounds,
    inHeader: true,
    headers: ({ businessId }) => ({ "x-business-id": businessId }),
  };
  const without: Line = {
    endpoint,
    when: "",
    rounds: heedsHeader ? (withoutHeader ?? [first, [get("user")], ...others]) : rounds,
    inHeader: false,
    headers: () => ({}),
  };
  const plain = heedsHeader ? [inHeader, without] : [without];
  return answerBytes === undefined ? plain : plain.flatMap((line) => [line, withKey(line, answerBytes)]);
}

/** The record is looked up beside the caller, committed with the change, and completed with the answer. */
function withKey({ rounds, when, ...line }: Line, answerBytes: number): Line {
  const change = rounds.flat().find(({ commits }) => commits);
  const [first = [], ...others] = rounds.map((round) =>
    round.map((call) =>
      call === change ? { ...call, writes: call.writes + commit("record").writes } : call,
    ),
  );
  return {
    ...line,
    when: when ? `${when}, Idempotency-Key` : "Idempotency-Key",
    rounds: [[...first, get("record")], ...others, [update("record", answerBytes)]],
    headers: (cast) => ({ ...line.headers(cast), "idempotency-key": "once" }),
  };
}
