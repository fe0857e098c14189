import { type Access, accesses, type Role, ranksAtLeast } from "./accesses.ts";

/** What members may do, and the least role that may do it. */
export const permissions = {
  "business.read": { least: "Agent", description: "See the business" },
  "business.update": { least: "Admin", description: "Change the business's profile" },
  "members.read": { least: "Agent", description: "See the members of the business" },
  "members.leave": { least: "Agent", description: "Leave the business" },
  "members.add": { least: "Admin", description: "Add people who have signed in before" },
  "members.update": { least: "Admin", description: "Change the role of a member" },
  "members.remove": { least: "Admin", description: "Remove a member" },
  "invitations.read": { least: "Admin", description: "See the invitations of the business" },
  "invitations.create": { least: "Admin", description: "Invite people by email" },
  "invitations.resend": { least: "Admin", description: "Send an invitation again" },
  "invitations.revoke": { least: "Admin", description: "Revoke an invitation" },
  "ownership.transfer": { least: "Owner", description: "Hand the ownership over" },
  "events.read": { least: "Admin", description: "Read the audit trail" },
} as const satisfies Record<string, { least: Role; description: string }>;
export type Permission = keyof typeof permissions;

/**
 * Every access that holds a permission and whose role is at least the one that is granted or touched: the list that
 * a transaction checks the caller's access against.
 */
export function accessesWith(permission: Permission, touched: Role = "Agent"): Access[] {
  const { least } = permissions[permission];
  return (Object.keys(accesses) as Access[]).filter(
    (code) => ranksAtLeast(accesses[code].role, least) && ranksAtLeast(accesses[code].role, touched),
  );
}
