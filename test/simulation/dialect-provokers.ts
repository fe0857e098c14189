import { memberId } from "../../shared/table/ids.ts";
import { key } from "../../shared/table/schema.ts";
import { unknown } from "../api/registry.ts";
import { callOn, type Person } from "../table/in-process.ts";
import {
  admin,
  agent,
  ask,
  boss,
  keepOut,
  nobody,
  nowhere,
  outsider,
  type Provoke,
  repeated,
  type World,
} from "./world.ts";

const [create, update, remove] = ["create", "update", "remove"].map(
  (verb) => `user-access/${verb}-user-access`,
);
const add = "company-users/add-user";

/** Asks for an access of somebody to the business. */
const access =
  (who: Person, userId: (ids: World["ids"]) => string | undefined, more: object): Provoke =>
  ({ table, ids }, name) =>
    ask(table, name, who, {
      params: { user_id: userId(ids) ?? "" },
      body: { company_id: ids.business, ...more },
    });

const removing =
  (who: Person, subject: string): Provoke =>
  ({ table, ids }, name) => {
    const userId = ids[subject] ?? "";
    return ask(table, name, who, {
      params: { user_id: userId, user_access_id: memberId(ids.business ?? "", userId) },
    });
  };

/** Takes the business's side of a membership away, as if it were removed between two reads. */
function lose({ table, ids }: World, subject: string): void {
  const { pk, sk } = key.member(ids.business ?? "", ids[subject] ?? "");
  table.items.delete(`${pk}\n${sk}`);
}

function limitSeats({ table, ids }: World): void {
  const { pk, sk } = key.licenses(ids.business ?? "");
  const ledger = table.items.get(`${pk}\n${sk}`);
  if (ledger) ledger.seatLimit = ledger.seats;
}

const ownsAnother = ({ table }: World) =>
  callOn(table, "businesses/create-business", outsider, { body: { name: "Elsewhere" } });

/** While the environment says something else. */
async function withSetting<T>(name: string, value: unknown, during: () => Promise<T>): Promise<T> {
  const before = process.env[name] ?? "null";
  process.env[name] = JSON.stringify(value);
  try {
    return await during();
  } finally {
    process.env[name] = before;
  }
}

const adding =
  (who: Person, body: object): Provoke =>
  ({ table }, name) =>
    ask(table, name, who, { body });

export const byDialect: Readonly<Record<string, Provoke>> = {
  "user-access/get-access access_not_found": ({ table }, name) => ask(table, name, boss),
  "user-access/list-user-accesses user_not_found": ({ table }, name) => ask(table, name, boss),
  "user-access/list-user-accesses forbidden": ({ table, ids }, name) =>
    ask(table, name, agent, { params: { user_id: ids.admin ?? "" } }),
  [`${create} invalid_request`]: ({ table }, name) => ask(table, name, boss, { body: {} }),
  [`${create} user_not_found`]: access(boss, () => unknown.userId, { access_id: "4" }),
  [`${create} already_member`]: access(boss, ({ agent: id }) => id, { access_id: "4" }),
  [`${create} member_inactive`]: async (world, name) => {
    await keepOut(world);
    return access(boss, ({ outsider: id }) => id, { access_id: "4" })(world, name);
  },
  [`${create} role_too_high`]: access(admin, ({ outsider: id }) => id, { access_id: "1" }),
  [`${create} forbidden`]: access(agent, ({ outsider: id }) => id, { access_id: "4" }),
  [`${create} license_limit_reached`]: (world, name) => {
    limitSeats(world);
    return access(boss, ({ outsider: id }) => id, { access_id: "4" })(world, name);
  },
  [`${create} primary_not_yours`]: async (world, name) => {
    await ownsAnother(world);
    return access(boss, ({ outsider: id }) => id, { access_id: "4", primary: true })(world, name);
  },
  [`${create} member_not_found`]: (world, name) =>
    repeated(world, name, 40_000, { userId: nobody, businessId: world.ids.business ?? "" }),
  [`${update} invalid_request`]: ({ table }, name) => ask(table, name, boss, { body: {} }),
  [`${update} member_not_found`]: access(boss, () => unknown.userId, { access_id: "4" }),
  [`${update} last_owner`]: access(boss, ({ boss: id }) => id, { access_id: "2" }),
  [`${update} role_too_high`]: access(admin, ({ boss: id }) => id, { access_id: "4" }),
  [`${update} forbidden`]: access(agent, ({ admin: id }) => id, { access_id: "4" }),
  [`${update} primary_needed`]: access(boss, ({ agent: id }) => id, { primary: false }),
  [`${update} primary_not_yours`]: async (world, name) => {
    await ownsAnother(world);
    await access(boss, ({ outsider: id }) => id, { access_id: "4" })(world, create ?? "");
    return access(boss, ({ outsider: id }) => id, { primary: true })(world, name);
  },
  [`${remove} user_access_not_found`]: ({ table }, name) => ask(table, name, boss),
  [`${remove} last_owner`]: removing(boss, "boss"),
  [`${remove} role_too_high`]: removing(admin, "boss"),
  [`${remove} forbidden`]: removing(agent, "admin"),
  [`${remove} member_not_found`]: (world, name) => {
    lose(world, "agent");
    return removing(boss, "agent")(world, name);
  },
  [`${remove} business_not_found`]: (world, name) => {
    lose(world, "admin");
    return removing(admin, "agent")(world, name);
  },
  [`${add} owner_not_addable`]: adding(boss, { email: "anna@example.com", role: "ACCOUNT_OWNER" }),
  [`${add} company_user_not_found`]: adding(boss, { user_code: "nobody" }),
  [`${add} user_code_taken`]: async (world, name) => {
    await adding(boss, { email: "anna@example.com", user_code: "one" })(world, name);
    return adding(boss, { email: "ben@example.com", user_code: "one" })(world, name);
  },
  [`${add} license_limit_reached`]: (world, name) => {
    limitSeats(world);
    return adding(boss, { email: "anna@example.com" })(world, name);
  },
  [`${add} invitation_limit_reached`]: (world, name) =>
    withSetting("INVITATIONS", { perInviter: 0 }, () =>
      adding(boss, { email: "anna@example.com", send_email: true })(world, name),
    ),
  [`${add} last_owner`]: adding(boss, { email: boss.email, state: "INACTIVE" }),
  [`${add} role_too_high`]: adding(admin, { email: boss.email, role: "MANAGER" }),
  "company-users/get-user company_user_not_found": ({ table }, name) => ask(table, name, boss),
  "users/get-legal-terms legal_terms_not_found": ({ table }, name) =>
    withSetting("LEGALTERMS", null, () => ask(table, name, boss)),
  "users/approve-legal-terms legal_terms_not_found": ({ table }, name) =>
    withSetting("LEGALTERMS", null, () => ask(table, name, boss)),
  "users/approve-legal-terms legal_terms_outdated": adding(boss, { version: "1999" }),
  "businesses/create-business parent_not_found": adding(boss, { name: "Child", parentBusinessId: nowhere }),
  "businesses/create-business parent_not_possible": async ({ table, ids }, name) => {
    let parentBusinessId = ids.business;
    for (let depth = 2; depth <= 5; depth += 1) {
      const { body } = await callOn(table, name, boss, { body: { name: `${depth}`, parentBusinessId } });
      parentBusinessId = body.id;
    }
    return ask(table, name, boss, { body: { name: "Too deep", parentBusinessId } });
  },
  "businesses/update-business parent_not_found": adding(boss, { parentBusinessId: nowhere }),
  "businesses/update-business parent_not_possible": ({ table, ids }, name) =>
    ask(table, name, boss, { body: { parentBusinessId: ids.business } }),
};
