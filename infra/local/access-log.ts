/** Lines of the access log, in the format that the template gives: `$context.routeKey` and the like. */

import type { Invoked } from "./worker.ts";

export type Served = {
  requestId: string;
  routeKey: string;
  function: string | undefined;
  method: string;
  status: number;
  bytes: number;
  latencyMs: number;
  timeEpoch: number;
  invocation?: Invoked | undefined;
};

/** API Gateway writes "-" for what it doesn't have. */
export function accessLine(format: string, served: Served): string {
  const values: Record<string, unknown> = {
    requestId: served.requestId,
    routeKey: served.routeKey,
    httpMethod: served.method,
    protocol: "HTTP/1.1",
    stage: "$default",
    status: served.status,
    responseLength: served.bytes,
    responseLatency: Math.round(served.latencyMs),
    requestTimeEpoch: served.timeEpoch,
    requestTime: new Date(served.timeEpoch).toISOString(),
  };
  return format.replace(/\$context\.([\w.]+)/g, (_, name: string) => String(values[name] ?? "-"));
}
