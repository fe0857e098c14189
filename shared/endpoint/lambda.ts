import middy from "@middy/core";
import type { Context as LambdaContext, APIGatewayProxyStructuredResultV2 as Result } from "aws-lambda";
import { Busy, Failed, Unexpected } from "../domain/failures.ts";
import { bind, type Table } from "../operation.ts";
import type { HttpEvent } from "./authenticate.ts";
import { type AnyEndpoint, failuresOf } from "./endpoint.ts";
import type { AnyJob } from "./job.ts";
import { describeError, log } from "./log.ts";
import { problem } from "./problem.ts";
import { run } from "./run.ts";

type HttpHandler = (event: HttpEvent, context: LambdaContext) => Promise<Result>;
type JobHandler = (event: unknown, context: LambdaContext) => Promise<void>;

/** The Lambda entry of an endpoint or a job, on the table that the environment names, or on another one. */
export function lambda(target: AnyEndpoint, table?: Table): HttpHandler;
export function lambda(target: AnyJob, table?: Table): JobHandler;
export function lambda(target: AnyEndpoint | AnyJob, table?: Table): HttpHandler | JobHandler {
  return target.kind === "job" ? jobEntry(target, table) : httpEntry(target, table);
}

/** Before Lambda would end the invocation there is still time to say so. */
const reserve = 500;

function httpEntry(endpoint: AnyEndpoint, table: Table | undefined): HttpHandler {
  const declared = new Set(failuresOf(endpoint.specification));
  let cold = true;
  return middy<HttpEvent, Result, Error, LambdaContext>({
    timeoutEarlyInMillis: reserve,
    timeoutEarlyResponse: () => {
      throw new Failed(Busy, { retryAfter: 1 });
    },
    requestEnd: (request) => {
      const { routeKey: route, requestContext } = request.event as HttpEvent;
      log("info", { requestId: requestContext.requestId, route, status: request.response?.statusCode, cold });
      cold = false;
    },
  })
    .onError((request) => {
      const { requestId } = request.event.requestContext;
      const failed = request.error;
      if (failed instanceof Failed && declared.has(failed.failure)) return problem(failed, requestId);
      const code = failed instanceof Failed ? failed.failure.code : undefined;
      log("error", { requestId, route: request.event.routeKey, code, ...describeError(failed) });
      return problem(new Failed(Unexpected), requestId);
    })
    .handler((event, lambdaContext) =>
      run(endpoint, event, {
        table,
        now: event.requestContext.timeEpoch,
        timeLeft: () => lambdaContext.getRemainingTimeInMillis() - reserve,
      }),
    );
}

function jobEntry({ specification, handle }: AnyJob, table: Table | undefined): JobHandler {
  return middy<unknown, void, Error, LambdaContext>().handler(async (_event, lambdaContext) => {
    const now = Date.now();
    const timeLeft = () => lambdaContext.getRemainingTimeInMillis() - reserve;
    const context = { table, now, timeLeft, cleared: async () => {} };
    await handle({ now, timeLeft, uses: bind(specification.uses, context) } as never);
  });
}
