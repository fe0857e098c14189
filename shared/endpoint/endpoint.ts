import {
  BodyTooLarge,
  Busy,
  type Failed,
  type Failure,
  type FailureDetails,
  InvalidRequest,
  Unexpected,
  UnsupportedMediaType,
} from "../domain/failures.ts";
import type { Bound, FailuresOf, Operations } from "../operation.ts";
import type { Outcome } from "../table/idempotency.ts";
import type { Page } from "../table/query.ts";
import type { AnyCaller, CallerOf } from "./caller.ts";
import type { Dialect } from "./dialect.ts";
import type { byIdempotencyKey } from "./repeat.ts";
import type { Lazily, Of } from "./wire/lazily.ts";

export type Route = `${"GET" | "POST" | "PUT" | "DELETE"} /${string}` | "$default";

type Returns = { readonly [status: number]: Lazily };

/** The names in braces of a route's path; of the route for all others, what it was that came. */
type ParametersOf<R extends string> = R extends "$default" ? "method" | "path" : NamesIn<R>;
type NamesIn<R extends string> = R extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** All that there is to know of an endpoint, but for what it does. */
export interface Specification {
  readonly route: Route;
  readonly caller: AnyCaller;
  /** Where it isn't Tenantry's own. */
  readonly dialect?: Dialect;
  readonly query?: Lazily;
  /** A list in pages: takes `limit` and `cursor`, and links to the next page. */
  readonly paged?: true;
  readonly body?: Lazily;
  /** On every change for people: `byIdempotencyKey`. */
  readonly repeat?: typeof byIdempotencyKey;
  /** What it answers, by status. */
  readonly returns: Returns;
  readonly fails: readonly Failure[];
  readonly uses: Operations;
}

/** What a handler is given. */
export interface Request<S extends Specification> {
  readonly caller: CallerOf<S["caller"]>;
  readonly params: { readonly [Name in ParametersOf<S["route"]>]: string };
  readonly query: S["query"] extends Lazily ? Of<S["query"]> : undefined;
  readonly page: S["paged"] extends true ? Page : undefined;
  readonly body: S["body"] extends Lazily ? Of<S["body"]> : undefined;
  /** Milliseconds since the epoch, by API Gateway. */
  readonly now: number;
  readonly uses: Bound<S["uses"]>;
  /** Makes one of the declared failures, to be thrown. */
  readonly fail: (failure: S["fails"][number], details?: FailureDetails) => Failed;
}

/** The statuses that an endpoint declares. */
export type StatusOf<S extends Specification> = keyof S["returns"] & number;

/** What a handler answers: a declared status with its body, and in lists what the next page comes after. */
export interface Reply<S extends Specification, Status extends StatusOf<S> = StatusOf<S>> {
  readonly status: Status;
  readonly body: Of<S["returns"][Status]>;
  readonly after?: string | undefined;
}

export interface Endpoint<S extends Specification> {
  readonly kind: "endpoint";
  readonly specification: S;
  readonly handle: (request: Request<S>) => Promise<Reply<S>>;
  /** Words the answer to a change anew, from the state, where the one who made it died before answering. */
  readonly rebuild?: ((request: Request<S>, outcome: Outcome) => Promise<Reply<S>>) | undefined;
}

/** An endpoint, whichever: the entry gives its handler what its own specification asks for. */
export interface AnyEndpoint {
  readonly kind: "endpoint";
  readonly specification: Specification;
  readonly handle: (request: never) => Promise<Reply<Specification>>;
  readonly rebuild?: ((request: never, outcome: Outcome) => Promise<Reply<Specification>>) | undefined;
}

/** An endpoint whose operations fail with something that it doesn't declare does not compile. */
type Undeclared<S extends Specification> =
  Exclude<FailuresOf<S["uses"]>, S["fails"][number] | typeof Busy> extends never
    ? unknown
    : { readonly fails: "declare every failure of the operations in uses" };

/** Only a change that may be repeated needs, and has, a way to word its answer anew. */
type Rebuild<S extends Specification, Status extends StatusOf<S>> = S["repeat"] extends object
  ? [rebuild: (request: Request<S>, outcome: Outcome) => Promise<Reply<S, Status>>]
  : [];

/** Declares an endpoint: what it takes, answers, may touch, and does. Declaring one does nothing else. */
export function endpoint<const S extends Specification, Status extends StatusOf<S>>(
  specification: S & Undeclared<S>,
  handle: (request: Request<S>) => Promise<Reply<S, Status>>,
  ...[rebuild]: Rebuild<S, Status>
): Endpoint<S> {
  return { kind: "endpoint", specification, handle, rebuild };
}

/** Every failure that an endpoint may answer: what it declares, what its caller and input imply, 500, and 503 where it calls others. */
export function failuresOf(specification: Specification): Failure[] {
  const { caller, query, paged, body, repeat, fails } = specification;
  const goesOut = Object.values(operationsOf(specification)).some(({ needs }) => needs.length > 0);
  const implied = [
    ...caller.fails,
    ...(repeat?.fails ?? []),
    ...(body || query || paged ? [InvalidRequest] : []),
    BodyTooLarge,
    ...(body ? [UnsupportedMediaType] : []),
    Unexpected,
    ...(goesOut ? [Busy] : []),
  ];
  return [...new Set([...implied, ...fails])];
}

/** Every operation that an endpoint may use, those for its caller and for repetitions included. */
export function operationsOf({ caller, repeat, uses }: Specification): Operations {
  return { ...caller.uses, ...repeat?.uses, ...uses };
}
