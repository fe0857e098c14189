import { type Access, roleOf } from "./accesses.ts";

/** The roles that the API of company users has: fewer than there are accesses. */
export const companyRoles = ["ACCOUNT_OWNER", "MANAGER", "CUSTOMER_CARE", "ACCOUNTING"] as const;
export type CompanyRole = (typeof companyRoles)[number];

/** Accesses that it doesn't have show as the next one that it has. */
export function companyRoleOf(access: Access): CompanyRole {
  if (access === "accounting") return "ACCOUNTING";
  return ({ Owner: "ACCOUNT_OWNER", Admin: "MANAGER", Agent: "CUSTOMER_CARE" } as const)[roleOf(access)];
}

/** The least that may be added, for whom no role is named. */
const least: Access = "customer_care";

/**
 * The access that a role names, to somebody who has that one already, or none: whom it shows as having the role keeps
 * theirs, so that what was read can be sent back. Undefined where it can't be given: an owner isn't added.
 */
export function accessNamed(role: CompanyRole | undefined, has: Access | undefined): Access | undefined {
  if (has && (!role || companyRoleOf(has) === role)) return has;
  if (!role) return least;
  return (
    {
      MANAGER: "manager",
      CUSTOMER_CARE: "customer_care",
      ACCOUNTING: "accounting",
      ACCOUNT_OWNER: undefined,
    } as const
  )[role];
}
