import { type Access, accesses, type Role, ranksAtLeast } from "./accesses.ts";

/** What members may do, and the least role that may do it. */
export const permissions = {
  "business.read": { least: "Agent", description: "See the business" },
  "business.update": { least: "Admin", description: "Change the business's profile" },
  "events.read": { least: "Admin", description: "Read the audit trail" },
} as const satisfies Record<string, { least: Role; description: string }>;
export type Permission = keyof typeof permissions;

/** Every access that holds a permission: the list that a transaction checks the caller's access against. */
export function accessesWith(permission: Permission): Access[] {
  const { least } = permissions[permission];
  return (Object.keys(accesses) as Access[]).filter((code) => ranksAtLeast(accesses[code].role, least));
}
