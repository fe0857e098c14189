/** The last requests of the run: which function answered, how fast, cold or warm, and what its calls have cost. */
import type { Served } from "../access-log.ts";
import { traceRoot } from "../runtime-api.ts";

export type Seen = {
  at: string;
  method: string;
  route: string;
  function: string;
  status: number;
  ms: number;
  start: "cold" | "warm" | "-";
  /** Capacity units of DynamoDB. */
  units: number;
};

const limit = 30;

export function openRequests() {
  const last: Seen[] = [];
  /** What invocations have consumed until now, by their trace. */
  const consumed = new Map<string, number>();
  return {
    consumed(trace: string, units: number): void {
      consumed.set(trace, (consumed.get(trace) ?? 0) + units);
      const [oldest] = consumed.keys();
      if (consumed.size > 1_000 && oldest) consumed.delete(oldest);
    },
    served({
      timeEpoch,
      routeKey,
      function: name = "-",
      method,
      status,
      latencyMs,
      invocation,
    }: Served): void {
      last.unshift({
        at: new Date(timeEpoch).toISOString(),
        method,
        route: routeKey.replace(/^\w+ (?=\/)/, ""),
        function: name,
        status,
        ms: Math.round(latencyMs * 10) / 10,
        start: invocation ? (invocation.cold ? "cold" : "warm") : "-",
        units: (invocation && consumed.get(traceRoot(invocation.id))) ?? 0,
      });
      last.length = Math.min(last.length, limit);
    },
    /** The newest first. */
    last: (): readonly Seen[] => last,
  };
}

export type Requests = ReturnType<typeof openRequests>;
