/** Prefixes of identifiers: a user, a business, a membership, an invitation, an audit event. */
export type IdPrefix = "usr" | "biz" | "mem" | "inv" | "evt";

/** Whether a text is an identifier of that kind: `prefix_ULID`. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text.slice(prefix.length + 1));
}
