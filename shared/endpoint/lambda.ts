import middy from "@middy/core";
import type { Context as LambdaContext, APIGatewayProxyStructuredResultV2 as Result } from "aws-lambda";
import { Busy, Failed, Unexpected } from "../domain/failures.ts";
import type { Outside } from "../operation.ts";
import type { HttpEvent } from "./authenticate.ts";
import { tenantry } from "./dialects/tenantry.ts";
import { type AnyEndpoint, failuresOf } from "./endpoint.ts";
import { describeError, log } from "./log.ts";
import { refusal } from "./problem.ts";
import { run } from "./run.ts";

type HttpHandler = (event: HttpEvent, context: LambdaContext) => Promise<Result>;

/** Before Lambda would end the invocation there is still time to say so. */
const reserve = 500;

/** The Lambda entry of an endpoint, on the table and the SES that the environment names, or on others. */
export function lambda(endpoint: AnyEndpoint, outside: Outside = {}): HttpHandler {
  const { dialect = tenantry } = endpoint.specification;
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
      if (failed instanceof Failed && declared.has(failed.failure)) {
        return refusal(dialect, request.event, failed);
      }
      const code = failed instanceof Failed ? failed.failure.code : undefined;
      log("error", { requestId, route: request.event.routeKey, code, ...describeError(failed) });
      return refusal(dialect, request.event, new Failed(Unexpected));
    })
    .handler((event, lambdaContext) =>
      run(endpoint, event, {
        ...outside,
        now: event.requestContext.timeEpoch,
        timeLeft: () => lambdaContext.getRemainingTimeInMillis() - reserve,
      }),
    );
}
