import { endpoints } from "../../functions/index.ts";
import type { Failure } from "../../shared/domain/failures.ts";
import { tenantry } from "../../shared/endpoint/dialects/tenantry.ts";
import { mintToken } from "../../shared/table/invitation-token.ts";
import { owner, signIn } from "./client.ts";

/** What the names in paths may be, of the right form, and nobody's. */
export const unknown: Readonly<Record<string, string>> = {
  userId: "usr_00000000000000000000000000",
  invitationId: "inv_00000000000000000000000000",
  user_id: "usr_00000000000000000000000000",
  user_access_id: "mem_00000000000000000000000000",
  user_code: "nobody",
  id: "99",
  token: mintToken("biz_00000000000000000000000000", "inv_00000000000000000000000000").token,
};

/** What the tests over the registry need to know of an endpoint: an ordinary body, where it takes one. */
const bodies: Readonly<Record<string, unknown>> = {
  "users/approve-legal-terms": { version: "2026-11" },
  "user-access/create-user-access": { access_id: "4", primary: false },
  "user-access/update-user-access": { access_id: "4", primary: true },
  "company-users/add-user": { email: "anna@example.com" },
  "users/update-me": { firstName: "Ada" },
  "businesses/create-business": { name: "Acme" },
  "businesses/update-business": { name: "Acme" },
  "businesses/switch-business": { businessId: "biz_00000000000000000000000000" },
  "members/add-member": { userId: "usr_00000000000000000000000000" },
  "members/update-member": { role: "Agent" },
  "invitations/invite-member": { email: "anna@example.com" },
  "invitations/invite-members": { invitations: [{ email: "anna@example.com" }] },
  "invitations/accept-invitation": { token: unknown.token },
  "invitations/decline-invitation": { token: unknown.token },
  "licenses/limit-licenses": { seatLimit: 10 },
  "licenses/preview-licenses": { add: 1 },
  "licenses/begin-subscription": { billingPlan: "Monthly" },
};

/** The body, which names the business where the endpoint finds it there: by default none that there is. */
export function bodyOf(key: string, businessId = "biz_00000000000000000000000000"): unknown {
  const { body, caller } = endpoints[key]?.specification ?? {};
  if (Boolean(body) !== key in bodies) throw new Error(`say in test/api/registry.ts what ${key} takes`);
  const businessIn = caller?.kind === "member" && caller.businessIn;
  return businessIn ? { [businessIn]: businessId, ...(bodies[key] as object) } : bodies[key];
}

/** What must stand in the query string. */
const queries: Readonly<Record<string, Record<string, string>>> = {
  "users/find-users": { email: "anna@example.com" },
};

export const queryOf = (key: string) => queries[key];

/** How a failure of that status is answered in the endpoint's dialect. */
export function statusIn(key: string, failure: Failure): number {
  return (endpoints[key]?.specification.dialect ?? tenantry).statusOf(failure);
}

/** The names in an endpoint's path. */
export function parametersOf(key: string): string[] {
  const route = endpoints[key]?.specification.route ?? "";
  return [...route.matchAll(/{(\w+)}/g)].map(([, name = ""]) => name);
}

/** The path of an endpoint, with nobody's identifiers in it, or with these. */
export function pathOf(key: string, params: Readonly<Record<string, string>> = unknown): string {
  const path = endpoints[key]?.specification.route.split(" ")[1] ?? "";
  const filled = path.replaceAll(/{(\w+)}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`say in test/api/registry.ts what {${name}} may be`);
    return value;
  });
  const query = queryOf(key);
  return query ? `${filled}?${new URLSearchParams(query)}` : filled;
}

/** Somebody with that role in a business of its own, and its Owner (themselves, where they are one). */
export async function memberOf(role: "Owner" | "Admin" | "Agent") {
  const boss = await owner();
  if (role === "Owner") return { boss, person: boss, businessId: boss.businessId };
  const person = await signIn();
  const { id } = (await person.get("/users/me")).body;
  await boss.post("/businesses/me/users", { userId: id, role });
  return { boss, person, businessId: boss.businessId };
}
