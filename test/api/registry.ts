import { endpoints } from "../../functions/index.ts";
import { mintToken } from "../../shared/table/invitation-token.ts";
import { owner, signIn } from "./client.ts";

/** What the names in paths may be, of the right form, and nobody's. */
export const unknown: Readonly<Record<string, string>> = {
  userId: "usr_00000000000000000000000000",
  invitationId: "inv_00000000000000000000000000",
  token: mintToken("biz_00000000000000000000000000", "inv_00000000000000000000000000").token,
};

/** What the tests over the registry need to know of an endpoint: an ordinary body, where it takes one. */
const bodies: Readonly<Record<string, unknown>> = {
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

export function bodyOf(key: string): unknown {
  const takesOne = Boolean(endpoints[key]?.specification.body);
  if (takesOne !== key in bodies) throw new Error(`say in test/api/registry.ts what ${key} takes`);
  return bodies[key];
}

/** The names in an endpoint's path. */
export function parametersOf(key: string): string[] {
  const route = endpoints[key]?.specification.route ?? "";
  return [...route.matchAll(/{(\w+)}/g)].map(([, name = ""]) => name);
}

/** The path of an endpoint, with nobody's identifiers in it, or with these. */
export function pathOf(key: string, params: Readonly<Record<string, string>> = unknown): string {
  const path = endpoints[key]?.specification.route.split(" ")[1] ?? "";
  return path.replaceAll(/{(\w+)}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`say in test/api/registry.ts what {${name}} may be`);
    return value;
  });
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
