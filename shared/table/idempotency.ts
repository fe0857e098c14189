import { createHash } from "node:crypto";
import { Failed, IdempotencyKeyReused, RequestInProgress } from "../domain/failures.ts";
import type { Identity } from "../domain/people.ts";
import type { Context, Operation, Repeatable } from "../operation.ts";
import { get } from "./read.ts";
import { key } from "./schema.ts";
import { update } from "./update.ts";

/**
 * A request that bears an Idempotency-Key leaves a record, in the transaction of its change: open until the answer
 * is stored with it. Valid for 24 h by its own `expiresAt`; refusals leave none.
 */
export interface IdempotencyItem {
  readonly bodyHash: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Seconds, for the table's time to live. */
  readonly expiresAtTtl: number;
  /** What came of the change, by id: enough to word the answer anew. */
  readonly outcome: Outcome;
  /** The answer, once the request's work is done. */
  readonly answer?: Answer;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export type Outcome = Readonly<Record<string, string>>;

const validFor = 24 * 60 * 60 * 1_000;
/** After so long an open record is of a request that died on the way to its answer. */
const underWayFor = 30_000;

/** Who asked for what, under which key, and with which body. */
export function repeatable(
  { issuer, subject }: Identity,
  request: {
    readonly business: string;
    readonly method: string;
    readonly path: string;
    readonly key: string;
  },
  body: string,
): Repeatable {
  const { business, method, path } = request;
  return {
    at: key.idempotency(sha256([issuer, subject, business, method, path, request.key])),
    // Nowhere is the key stored: without it nobody works out by trying what a body held.
    bodyHash: sha256([request.key, body]),
  };
}

function sha256(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** The write that leaves the record, first in its transaction: a second request at once meets it. */
export function leaveRecord({ at, bodyHash }: Repeatable, outcome: Outcome, now: number) {
  const expiresAt = now + validFor;
  const item: IdempotencyItem = {
    bodyHash,
    outcome,
    createdAt: now,
    expiresAt,
    expiresAtTtl: Math.ceil(expiresAt / 1_000),
  };
  return {
    put: at,
    item,
    when: { expiresAt: { belowOrAbsent: now } },
    orElse: (found: Record<string, unknown> | undefined) =>
      found?.bodyHash === bodyHash ? inProgress() : new Failed(IdempotencyKeyReused),
  };
}

function inProgress(): Failed {
  return new Failed(RequestInProgress, { retryAfter: 1 });
}

/** The record of the same request, if it came before; fails where that is under way, or had another body. */
export const recordOf = {
  name: "recordOf",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["IDEMPOTENCY"] }],
  async run(context: Context, { at, bodyHash }: Repeatable): Promise<IdempotencyItem | undefined> {
    const found = await get<IdempotencyItem>(context, at);
    if (!found || found.expiresAt < context.now) return undefined;
    if (found.bodyHash !== bodyHash) throw new Failed(IdempotencyKeyReused);
    if (!found.answer && context.now - found.createdAt < underWayFor) {
      throw inProgress();
    }
    return found;
  },
} satisfies Operation;

/** Stores the answer with its record, where there is one. */
export const storeAnswer = {
  name: "storeAnswer",
  needs: [{ actions: ["dynamodb:UpdateItem", "dynamodb:PutItem"], partitions: ["IDEMPOTENCY"] }],
  async run(context: Context, { at }: Repeatable, { status, body }: Answer): Promise<void> {
    await update(context, at, { set: { answer: { status, body } } }, "exists");
  },
} satisfies Operation;
