import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test, vi } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { failuresOf, operationsOf } from "../../shared/endpoint/endpoint.ts";
import type { Table } from "../../shared/operation.ts";
import { repeatable } from "../../shared/table/idempotency.ts";
import { bodyOf } from "../api/registry.ts";
import { type CallOptions, callOn, type Person } from "../table/in-process.ts";
import { MemoryTable } from "./memory-table.ts";

vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
vi.spyOn(console, "log").mockImplementation(() => {});

const now = 1_800_000_000_000;
const nobody = "usr_00000000000000000000000000";
const nowhere = "biz_00000000000000000000000000";
const [boss, admin, agent, outsider] = ["boss", "admin", "agent", "outsider"].map(
  (subject): Person => ({ subject, email: `${subject}@example.com` }),
) as [Person, Person, Person, Person];

/** A business with an Owner, an Admin and an Agent, and somebody who belongs to none. */
async function world() {
  const table = new MemoryTable();
  const ids = {} as Record<string, string>;
  for (const who of [boss, admin, agent, outsider]) {
    ids[who.subject] = (await callOn(table, "users/get-me", who)).body.id;
  }
  ids.business = (
    await callOn(table, "businesses/create-business", boss, { body: { name: "Acme" } })
  ).body.id;
  for (const [who, role] of [
    [admin, "Admin"],
    [agent, "Agent"],
  ] as const) {
    await callOn(table, "members/add-member", boss, { body: { userId: ids[who.subject], role } });
  }
  return { table, ids };
}

type World = Awaited<ReturnType<typeof world>>;
type Provoked = Promise<{ status: number; body: { code: string } }>;
type Provoke = (world: World, key: string) => Provoked;

const ask = (table: Table, key: string, who: Person, options: CallOptions = {}): Provoked =>
  callOn(table, key, who, { body: bodyOf(key), params: { userId: nobody }, now, ...options });

/** A table that answers every command with an error. */
function broken(name: string, $metadata = { httpStatusCode: 400 }): Table {
  const send = async () => Promise.reject(Object.assign(new Error(name), { name, $metadata }));
  return { name: "broken", client: { send } as never };
}

/** Leaves a record of a request that bears a key, as old and with that body, and sends the request. */
async function repeated(
  world: World,
  key: string,
  age: number,
  outcome: object,
  body = bodyOf(key),
): Provoked {
  const { specification } = endpoints[key] ?? {};
  const [method = "", template = ""] = specification?.route.split(" ") ?? [];
  const path = template.replace("{userId}", nobody);
  const identity = { issuer: "https://idp.example.com", subject: boss.subject };
  const sent = Buffer.from(body === undefined ? "" : JSON.stringify(body)).toString("base64");
  const { at, bodyHash } = repeatable(identity, { business: "", method, path, key: "k" }, sent);
  const item = { ...at, bodyHash, outcome, createdAt: now - age, expiresAt: now + 1_000 };
  world.table.items.set(`${at.pk}\n${at.sk}`, item);
  return ask(world.table, key, boss, { headers: { "idempotency-key": "k" } });
}

const elsewhere = { headers: { "x-business-id": nowhere } };

/** How each failure comes about, for every endpoint; and below, where an endpoint has its own way. */
const everywhere: Readonly<Record<string, Provoke>> = {
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

const byEndpoint: Readonly<Record<string, Provoke>> = {
  "businesses/create-business business_not_found": (world, key) =>
    repeated(world, key, 40_000, { businessId: nowhere }),
  "businesses/switch-business business_not_found": ({ table }, key) => ask(table, key, boss),
  "get-openapi route_not_found": ({ table }, key) => ask(table, key, boss),
  "members/get-member member_not_found": ({ table }, key) => ask(table, key, boss),
  "members/add-member user_not_found": ({ table }, key) => ask(table, key, boss),
  "members/add-member already_member": ({ table, ids }, key) =>
    ask(table, key, boss, { body: { userId: ids.agent } }),
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
};

const declared = Object.entries(endpoints).flatMap(([key, { specification }]) =>
  failuresOf(specification).map((failure): [string, string, number] => [key, failure.code, failure.status]),
);

describe("every declared failure can be reached", () => {
  test.each(declared)("%s answers %s", async (key, code, status) => {
    const provoke = byEndpoint[`${key} ${code}`] ?? everywhere[code];
    if (code === "route_not_found") return expectRouteNotFound(key);
    if (!provoke) throw new Error(`say in ${import.meta.filename} how ${key} comes to answer ${code}`);
    const answer = await provoke(await world(), key);
    expect([answer.body.code, answer.status]).toEqual([code, status]);
  });

  async function expectRouteNotFound(key: string) {
    expect((await callOn(new MemoryTable(), key, boss)).body.code).toBe("route_not_found");
  }
});

describe("a token that has expired since its verdict was cached gets 401", () => {
  const signedIn = Object.entries(endpoints).filter(
    ([, { specification }]) => specification.caller.kind !== "anyone",
  );

  test.each(signedIn.map(([key]) => key))("%s", async (key) => {
    const { table } = await world();
    const token = {
      verdict: "valid",
      issuer: "https://idp.example.com",
      subject: "boss",
      emailVerified: false,
      trusted: false,
    } as const;
    const before = JSON.stringify([...table.items]);
    const late = await ask(table, key, boss, { verdict: { ...token, expiresAt: now / 1_000 - 11 } });
    expect([late.status, late.body.code]).toEqual([401, "unauthenticated"]);
    expect(JSON.stringify([...table.items])).toBe(before);
    const inTime = await ask(table, key, boss, { verdict: { ...token, expiresAt: now / 1_000 - 9 } });
    expect(inTime.status).not.toBe(401);
  });
});

describe("another tenant's business and an unknown one take the same calls to the table", () => {
  const ofMembers = Object.entries(endpoints).filter(
    ([, { specification }]) => specification.caller.kind === "member",
  );

  test.each(ofMembers.map(([key]) => key))("%s", async (key) => {
    const { table } = await world();
    await callOn(table, "businesses/create-business", outsider, { body: { name: "Elsewhere" } });
    const theirs = [...table.items.values()].find(({ name }) => name === "Elsewhere")?.id as string;
    const sequences = [];
    for (const businessId of [theirs, nowhere]) {
      const calls: string[] = [];
      const send = (command: object) => {
        const { Key } = command instanceof GetCommand ? command.input : {};
        calls.push(
          `${command.constructor.name} ${String(Key?.pk).split("#")[0]} ${String(Key?.sk).split("#")[0]}`,
        );
        return table.client.send(command as never);
      };
      const recorded: Table = { name: "recorded", client: { send } as never };
      await ask(recorded, key, boss, { headers: { "x-business-id": businessId } });
      sequences.push(calls);
    }
    expect(sequences[0]).toEqual(sequences[1]);
    expect(sequences.flat()).not.toContain(TransactWriteCommand.name);
  });
});

describe("another tenant's person and an unknown one take the same calls, and get the same answer", () => {
  const withParams = Object.entries(endpoints).filter(([, { specification }]) =>
    specification.route.includes("{"),
  );

  test.each(withParams.map(([key]) => key))("%s", async (key) => {
    const { table, ids } = await world();
    await callOn(table, "businesses/create-business", outsider, { body: { name: "Elsewhere" } });
    const found = [];
    for (const userId of [ids.outsider ?? "", nobody]) {
      const calls: string[] = [];
      const send = async (command: object) => {
        const { Key } = command instanceof GetCommand ? command.input : {};
        calls.push(
          `${command.constructor.name} ${String(Key?.pk).split("#")[0]} ${String(Key?.sk).split("#")[0]}`,
        );
        // What belongs to the business is answered last: no refusal may depend on who answers first.
        if (String(Key?.sk).startsWith("MEMBER#"))
          for (let turns = 0; turns < 50; turns += 1) await undefined;
        return table.client.send(command as never);
      };
      const recorded: Table = { name: "recorded", client: { send } as never };
      const { status, body } = await ask(recorded, key, boss, { params: { userId } });
      found.push({ calls, status, code: body.code });
    }
    expect(found[0]).toEqual(found[1]);
    expect([found[0]?.status, found[0]?.code]).toEqual([404, "member_not_found"]);
  });
});

test("an endpoint may use only what it declares, its caller and its repetitions included", () => {
  for (const [key, { specification }] of Object.entries(endpoints)) {
    for (const [name, operation] of Object.entries(operationsOf(specification))) {
      expect(operation.name, `an operation in ${key}`).toBe(name);
    }
  }
});
