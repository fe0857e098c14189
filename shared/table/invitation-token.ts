import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * The token of an invitation: 32 random bytes behind the ids of its business and itself, in base64url. Whoever has
 * it can look at the invitation; only its hash is stored.
 */
export interface InvitationToken {
  readonly businessId: string;
  readonly invitationId: string;
  readonly hash: string;
}

const idLength = 26;
const length = 2 * idLength + 32;

/** A new token, to be mailed and forgotten, and its hash, to be stored. */
export function mintToken(businessId: string, invitationId: string): { token: string; hash: string } {
  const ids = Buffer.from(withoutPrefix(businessId) + withoutPrefix(invitationId), "ascii");
  const token = Buffer.concat([ids, randomBytes(32)]).toString("base64url");
  return { token, hash: hashOf(token) };
}

/** What a text names if it is a token; undefined where it was edited out of form or cut short. */
export function readToken(token: string): InvitationToken | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== length || bytes.toString("base64url") !== token) return undefined;
  const ids = bytes.toString("latin1", 0, 2 * idLength);
  if (!/^[0-9A-HJKMNP-TV-Z]+$/.test(ids)) return undefined;
  return {
    businessId: `biz_${ids.slice(0, idLength)}`,
    invitationId: `inv_${ids.slice(idLength)}`,
    hash: hashOf(token),
  };
}

/** Whether a hash is among those stored, in a time that doesn't tell how close it came. */
export function isAmong(hash: string, stored: readonly string[]): boolean {
  const given = Buffer.from(hash);
  return stored.filter((one) => timingSafeEqual(given, Buffer.from(one))).length > 0;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

function withoutPrefix(id: string): string {
  return id.slice(-idLength);
}
