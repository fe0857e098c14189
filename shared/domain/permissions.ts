import { type Access, accesses, type Role, ranksAtLeast } from "./accesses.ts";

interface Rule {
  readonly least: Role;
  /** Accesses that may besides, whatever their role. */
  readonly also?: readonly Access[];
  readonly description: string;
}

/** What members may do, and the least role that may do it. */
export const permissions = {
  "business.read": { least: "Agent", description: "See the business" },
  "business.update": { least: "Admin", description: "Change the business's profile" },
  "members.read": { least: "Agent", description: "See the members of the business" },
  "members.leave": { least: "Agent", description: "Leave the business" },
  "members.add": { least: "Admin", description: "Add people who have signed in before" },
  "members.update": { least: "Admin", description: "Change the role of a member" },
  "members.remove": { least: "Admin", description: "Remove a member" },
  "members.primary": { least: "Agent", description: "Choose one's primary business" },
  "members.profile": { least: "Admin", description: "See the business's own profiles of its members" },
  "invitations.read": { least: "Admin", description: "See the invitations of the business" },
  "invitations.create": { least: "Admin", description: "Invite people by email" },
  "invitations.resend": { least: "Admin", description: "Send an invitation again" },
  "invitations.revoke": { least: "Admin", description: "Revoke an invitation" },
  "ownership.transfer": { least: "Owner", description: "Hand the ownership over" },
  "events.read": { least: "Admin", description: "Read the audit trail" },
  "licenses.read": {
    least: "Admin",
    also: ["accounting"],
    description: "See the licenses and what they cost",
  },
  "licenses.limit": { least: "Owner", description: "Limit how many licenses may be taken" },
  "billing.manage": { least: "Owner", description: "Begin, change and end the subscription" },
} as const satisfies Record<string, Rule>;
export type Permission = keyof typeof permissions;

/**
 * Every access that holds a permission and whose role is at least the one that is granted or touched: the list that
 * a transaction checks the caller's access against.
 */
export function accessesWith(permission: Permission, touched: Role = "Agent"): Access[] {
  const { least, also = [] }: Rule = permissions[permission];
  return (Object.keys(accesses) as Access[]).filter((code) => {
    const { role } = accesses[code];
    return (ranksAtLeast(role, least) || also.includes(code)) && ranksAtLeast(role, touched);
  });
}

/** Who may do it, in a sentence. */
export function requirementOf(permission: Permission): string {
  const { least, also = [], description }: Rule = permissions[permission];
  const others = also.map((code) => ` or the access ${accesses[code].name}`).join("");
  return `Needs a role of at least ${least}${others}: ${description}.`;
}
