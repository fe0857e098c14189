/** Named accesses refine the three roles; a membership stores its access, the role follows from it. */

/** Highest first: nobody grants or touches a role above their own. */
export const roles = ["Owner", "Admin", "Agent"] as const;
export type Role = (typeof roles)[number];

export const accesses = {
  owner: { id: "1", name: "Owner", role: "Owner" },
  admin: { id: "2", name: "Admin", role: "Admin" },
  manager: { id: "3", name: "Manager", role: "Admin" },
  agent: { id: "4", name: "Agent", role: "Agent" },
  customer_care: { id: "5", name: "Customer care", role: "Agent" },
  accounting: { id: "6", name: "Accounting", role: "Agent" },
} as const satisfies Record<string, { id: string; name: string; role: Role }>;
export type Access = keyof typeof accesses;

/** The access with that id, or undefined. */
export function accessById(id: string): Access | undefined {
  return (Object.keys(accesses) as Access[]).find((code) => accesses[code].id === id);
}

export function roleOf(access: Access): Role {
  return accesses[access].role;
}

/** Whether `role` ranks as high as `other`, or higher. */
export function ranksAtLeast(role: Role, other: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(other);
}

export function higherRole(role: Role, other: Role): Role {
  return ranksAtLeast(role, other) ? role : other;
}

/** The access that a role stands for where none is named. */
export function accessOf(role: Role): Access {
  return ({ Owner: "owner", Admin: "admin", Agent: "agent" } as const)[role];
}

/** An access of that role: the same one where it has that role already. */
export function withRole(access: Access, role: Role): Access {
  return roleOf(access) === role ? access : accessOf(role);
}
