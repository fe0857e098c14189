import { createHash } from "node:crypto";

/**
 * An opaque cursor holds the sort key to go on from and never the partition, which is always the caller's own; its
 * check binds it to the list that it was made for. `scope` names that list: the route and its owner.
 */
export function sealCursor(scope: string, after: string): string {
  return Buffer.from(check(scope, after) + after).toString("base64url");
}

/** The sort key in a cursor; undefined where it was made for another list, edited or cut short. */
export function openCursor(scope: string, cursor: string): string | undefined {
  const text = Buffer.from(cursor, "base64url").toString();
  const after = text.slice(checkLength);
  const intact = sealCursor(scope, after) === cursor;
  return intact ? after : undefined;
}

const checkLength = 22;

function check(scope: string, after: string): string {
  return createHash("sha256").update(`${scope}\n${after}`).digest("base64url").slice(0, checkLength);
}
