/** Prefixes of identifiers: a user, a business, a membership, an invitation, an activation, an audit event. */
export type IdPrefix = "usr" | "biz" | "mem" | "inv" | "act" | "evt";

/** Whether a text is an identifier of that kind: `prefix_ULID`. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9A-HJKMNP-TV-Z]{26}$/.test(text.slice(prefix.length + 1));
}

/**
 * Whether an invitation is an activation: a mail to somebody who is a member already, sent and retried as invitations
 * are. It holds no license and no claim of the address, and nobody answers it.
 */
export function isActivation(invitationId: string): boolean {
  return invitationId.startsWith("act_");
}
