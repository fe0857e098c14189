import { byDialect } from "./dialect-provokers.ts";
import { byInvitation } from "./invitation-provokers.ts";
import { byLicense } from "./license-provokers.ts";
import {
  admin,
  agent,
  ask,
  boss,
  broken,
  keepOut,
  nobody,
  nowhere,
  outsider,
  type Provoke,
  repeated,
} from "./world.ts";

const elsewhere = { headers: { "x-business-id": nowhere } };

/** How each failure comes about, for every endpoint; and below, where an endpoint has its own way. */
export const everywhere: Readonly<Record<string, Provoke>> = {
  unauthenticated: ({ table }, key) =>
    ask(table, key, boss, { verdict: { verdict: "invalid", reason: "No." } }),
  invalid_request: ({ table }, key) => ask(table, key, boss, { headers: { "x-business-id": "acme" } }),
  no_current_business: ({ table }, key) => ask(table, key, outsider),
  business_not_found: ({ table }, key) => ask(table, key, boss, elsewhere),
  forbidden: ({ table }, key) => ask(table, key, agent),
  body_too_large: ({ table }, key) => ask(table, key, boss, { rawBody: `"${"x".repeat(300_000)}"` }),
  unsupported_media_type: ({ table }, key) =>
    ask(table, key, boss, { headers: { "content-type": "text/plain" } }),
  request_in_progress: (world, key) => repeated(world, key, 1_000, {}),
  idempotency_key_reused: (world, key) => repeated(world, key, 1_000, {}, { other: "body" }),
  unexpected: ({ table }, key) => ask(table, key, boss, { rawBody: 5 }),
  busy: (_, key) => ask(broken("ThrottlingException"), key, boss),
};

export const byEndpoint: Readonly<Record<string, Provoke>> = {
  "businesses/create-business business_not_found": (world, key) =>
    repeated(world, key, 40_000, { businessId: nowhere }),
  "businesses/switch-business business_not_found": ({ table }, key) => ask(table, key, boss),
  "not-found route_not_found": ({ table }, key) =>
    ask(table, key, boss, { params: { method: "GET", path: "/nowhere" } }),
  "not-found method_not_allowed": ({ table }, key) =>
    ask(table, key, boss, { params: { method: "PATCH", path: "/businesses/me" } }),
  "members/get-member member_not_found": ({ table }, key) => ask(table, key, boss),
  "members/add-member user_not_found": ({ table }, key) => ask(table, key, boss),
  "members/add-member already_member": ({ table, ids }, key) =>
    ask(table, key, boss, { body: { userId: ids.agent } }),
  "members/add-member member_inactive": async (world, key) => {
    await keepOut(world);
    return ask(world.table, key, boss, { body: { userId: world.ids.outsider } });
  },
  "members/add-member role_too_high": ({ table, ids }, key) =>
    ask(table, key, admin, { body: { userId: ids.outsider, role: "Owner" } }),
  "members/add-member member_not_found": (world, key) =>
    repeated(world, key, 40_000, { userId: nobody, businessId: world.ids.business ?? "" }),
  "members/update-member member_not_found": ({ table }, key) => ask(table, key, boss),
  "members/update-member last_owner": ({ table, ids }, key) =>
    ask(table, key, boss, { params: { userId: ids.boss ?? "" } }),
  "members/update-member role_too_high": ({ table, ids }, key) =>
    ask(table, key, admin, { params: { userId: ids.boss ?? "" } }),
  "members/remove-member member_not_found": ({ table }, key) => ask(table, key, boss),
  "members/remove-member forbidden": ({ table, ids }, key) =>
    ask(table, key, agent, { params: { userId: ids.admin ?? "" } }),
  "members/remove-member last_owner": ({ table, ids }, key) =>
    ask(table, key, boss, { params: { userId: ids.boss ?? "" } }),
  "members/remove-member role_too_high": ({ table, ids }, key) =>
    ask(table, key, admin, { params: { userId: ids.boss ?? "" } }),
  "members/transfer-ownership member_not_found": ({ table }, key) => ask(table, key, boss),
  "members/transfer-ownership already_owner": ({ table, ids }, key) =>
    ask(table, key, boss, { params: { userId: ids.boss ?? "" } }),
  ...byInvitation,
  ...byDialect,
  ...byLicense,
};
