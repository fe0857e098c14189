import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Context as LambdaContext } from "aws-lambda";
import { endpoints, jobs } from "../../functions/index.ts";
import type { HttpEvent } from "../../shared/endpoint/authenticate.ts";
import { operationsOf } from "../../shared/endpoint/endpoint.ts";
import { lambda as jobLambda } from "../../shared/endpoint/job-lambda.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import type { Verdict } from "../../shared/endpoint/verdict.ts";
import type { Outside, Table } from "../../shared/operation.ts";
import { FakeSes } from "../email/fake-ses.ts";
import { judged } from "./judged.ts";

export interface Person {
  readonly subject: string;
  readonly issuer?: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly name?: string;
  readonly trusted?: boolean;
}

export interface CallOptions {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string> | undefined;
  readonly body?: unknown;
  /** Instead of `body`: what stands in the event, whatever it is. */
  readonly rawBody?: unknown;
  /** Instead of a valid token's: what the authorizer says. */
  readonly verdict?: Verdict;
  readonly headers?: Record<string, string>;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** How long the invocation has, in milliseconds; a function, where that goes by. */
  readonly timeLeft?: number | (() => number);
  /** Instead of an SES that takes every mail. */
  readonly email?: Outside["email"];
  readonly stripe?: Outside["stripe"];
}

process.env.LAMBDA_TASK_ROOT ??= join(import.meta.dirname, "../../.build/functions/not-found");
process.env.LEGALTERMS ??= JSON.stringify({ version: "2026-11", url: "https://app.example.com/terms" });

/** When requests come, unless a test says when: milliseconds since the epoch. */
export const itsTime = 1_800_000_000_000;

/** A request of the given person to an endpoint of the registry, as API Gateway hands it on. */
export function eventFor(key: string, person: Person, options: CallOptions = {}): HttpEvent {
  const { params = {}, query, body, headers = {}, now = itsTime } = options;
  const { route = "" } = endpoints[key]?.specification ?? {};
  const [method, template = ""] =
    route === "$default" ? [params.method, params.path] : (route.split(" ") as [string, string]);
  const rawPath = template.replaceAll(/{(\w+)}/g, (_, name: string) => params[name] ?? "");
  const {
    issuer = "https://idp.example.com",
    emailVerified = true,
    trusted = false,
    subject,
    email,
    name,
  } = person;
  const expiresAt = now / 1_000 + 3_600;
  const claims = { issuer, subject, emailVerified, trusted, expiresAt };
  const valid = { verdict: "valid", ...claims, ...(email && { email }), ...(name && { name }) };
  return {
    routeKey: route,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    queryStringParameters: query,
    pathParameters: params,
    headers: { "content-type": "application/json", ...headers },
    requestContext: {
      requestId: randomUUID(),
      timeEpoch: now,
      authorizer: { lambda: options.verdict ?? valid },
      http: { method },
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...("rawBody" in options && { body: options.rawBody }),
  } as unknown as HttpEvent;
}

/** Calls an endpoint of the registry in this process, as the given person, past API Gateway. */
export async function callOn(table: Table, key: string, person: Person, options: CallOptions = {}) {
  const { timeLeft = 10_000, email: ses = new FakeSes(), stripe } = options;
  const endpoint = endpoints[key];
  if (!endpoint) throw new Error(`no endpoint ${key}`);
  const getRemainingTimeInMillis = typeof timeLeft === "function" ? timeLeft : () => timeLeft;
  const context = { getRemainingTimeInMillis } as LambdaContext;
  const {
    statusCode = 0,
    body: text,
    headers: answered = {},
  } = await lambda(endpoint, {
    table: judged(table, operationsOf(endpoint.specification)),
    email: ses,
    stripe,
  })(eventFor(key, person, options), context);
  return { status: statusCode, body: JSON.parse(text || "null"), headers: answered };
}

export interface JobOptions extends Pick<CallOptions, "now" | "email" | "stripe" | "timeLeft"> {
  /** What starts it: where that isn't a schedule, an event or a batch of changes. */
  readonly event?: object;
}

/** Runs a job of the registry in this process, past EventBridge. */
export async function runJobOn(table: Table, key: string, options: JobOptions = {}) {
  const { now = itsTime, email = new FakeSes(), stripe, event = {}, timeLeft = 60_000 } = options;
  const job = jobs[key];
  if (!job) throw new Error(`no job ${key}`);
  const getRemainingTimeInMillis = typeof timeLeft === "function" ? timeLeft : () => timeLeft;
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis } as LambdaContext;
  return jobLambda(job, { table: judged(table, job.specification.uses), email, stripe, clock: () => now })(
    event as never,
    context,
  );
}
