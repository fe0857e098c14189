import { endpoints } from "../../functions/index.ts";
import { owner, signIn } from "./client.ts";

/** What the tests over the registry need to know of an endpoint: an ordinary body, where it takes one. */
const bodies: Readonly<Record<string, unknown>> = {
  "users/update-me": { firstName: "Ada" },
  "businesses/create-business": { name: "Acme" },
  "businesses/update-business": { name: "Acme" },
  "businesses/switch-business": { businessId: "biz_00000000000000000000000000" },
  "members/add-member": { userId: "usr_00000000000000000000000000" },
  "members/update-member": { role: "Agent" },
};

export function bodyOf(key: string): unknown {
  const takesOne = Boolean(endpoints[key]?.specification.body);
  if (takesOne !== key in bodies) throw new Error(`say in test/api/registry.ts what ${key} takes`);
  return bodies[key];
}

/** The path of an endpoint, with identifiers of nobody in it. */
export function pathOf(key: string): string {
  const path = endpoints[key]?.specification.route.split(" ")[1] ?? "";
  return path.replaceAll(/{\w+}/g, "usr_00000000000000000000000000");
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
