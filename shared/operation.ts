import type { SESClient } from "@aws-sdk/client-ses";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Gateway } from "./billing/gateway.ts";
import type { Failure } from "./domain/failures.ts";
import type { IndexName, Key, Partition } from "./table/schema.ts";

/** What an operation must be allowed to do, or told. */
export type Need = TableNeed | ResourceNeed | SettingNeed;

/** Actions on partitions of the table, or of one of its indexes. */
export interface TableNeed {
  readonly actions: readonly TableAction[];
  readonly partitions: readonly Partition[];
  readonly index?: IndexName;
}

/** Actions on another resource of the stack, whose name the function finds in its environment. */
export interface ResourceNeed {
  readonly actions: readonly ("events:PutEvents" | "ses:SendEmail" | "secretsmanager:GetSecretValue")[];
  readonly resource: ResourceName;
}

export type ResourceName = "eventBus" | "email" | "stripeSecret";

/** Settings of the deployment, which the function finds in its environment as JSON. */
export interface SettingNeed {
  readonly setting: SettingName;
}

export type SettingName = "invitations" | "billing" | "legalTerms" | "companyUsers";

export type TableAction =
  | "dynamodb:GetItem"
  | "dynamodb:BatchGetItem"
  | "dynamodb:Query"
  | "dynamodb:PutItem"
  | "dynamodb:UpdateItem"
  | "dynamodb:DeleteItem"
  | "dynamodb:ConditionCheckItem";

/**
 * The only way out of an endpoint: an access pattern of the table, an email, a call to Stripe. An operation is a
 * plain object literal (`satisfies Operation`), with no call in it at module level: only so can esbuild leave it
 * out of the bundles that don't use it. Its name is that of its constant.
 */
export interface Operation {
  readonly name: string;
  readonly needs: readonly Need[];
  readonly fails?: readonly Failure[];
  run(context: Context, ...input: never[]): Promise<unknown>;
}

export type Operations = Readonly<Record<string, Operation>>;

/** What operations go out to. */
export interface Outside {
  /** The table, where it isn't the one that the environment names. */
  readonly table?: Table | undefined;
  /** What sends email, where it isn't SES as the environment names it. */
  readonly email?: Pick<SESClient, "send"> | undefined;
  /** What reaches Stripe, where it isn't Stripe's SDK. */
  readonly stripe?: Gateway | undefined;
}

/** What every operation is given by the Lambda entry. */
export interface Context extends Outside {
  /** Milliseconds since the epoch: the time of the request, or of the job's start. */
  readonly now: number;
  /** Milliseconds until the invocation must have answered. */
  readonly timeLeft: () => number;
  /** What the request repeats if it comes twice: the first commit with an outcome leaves its record. */
  readonly repeatable?: Repeatable | undefined;
  /** The check of the caller, which runs beside the handler's reads: nothing is written before it has passed. */
  readonly cleared: () => Promise<unknown>;
}

/** What a request repeats if it comes twice with the same Idempotency-Key: where its record is, and its body. */
export interface Repeatable {
  readonly at: Key;
  readonly bodyHash: string;
}

export interface Table {
  readonly name: string;
  readonly client: DynamoDBDocumentClient;
}

/** Operations as a handler gets them: bound to the context of its invocation. */
export type Bound<O extends Operations> = {
  readonly [Name in keyof O]: O[Name]["run"] extends (context: Context, ...input: infer Input) => infer Output
    ? (...input: Input) => Output
    : never;
};

/** The failures that operations may answer with. */
export type FailuresOf<O extends Operations> = {
  [Name in keyof O]: O[Name] extends { readonly fails: readonly (infer F)[] } ? F : never;
}[keyof O];

export function bind<O extends Operations>(operations: O, context: Context): Bound<O> {
  const entries = Object.entries(operations).map(([name, operation]) => [
    name,
    (...input: never[]) => operation.run(context, ...input),
  ]);
  return Object.fromEntries(entries) as Bound<O>;
}
