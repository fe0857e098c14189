import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test, vi } from "vitest";
import type { Table } from "../../shared/operation.ts";
import { callOn } from "../table/in-process.ts";
import type { MemoryTable } from "./memory-table.ts";
import { admin, agent, boss, outsider, type World, world } from "./world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

/** All that is stored; that a member was here today is noted by the first request of a day. */
const stored = ({ items }: MemoryTable) => JSON.stringify([...items].sort());

/** The same, but for the records of requests that bear a key. */
const withoutRecords = ({ items }: MemoryTable) =>
  JSON.stringify([...items].filter(([at]) => !at.startsWith("IDEMPOTENCY#")).sort());

const lines = { line1: "1 Row", line2: null, city: "London", state: null, postalCode: null, country: "GB" };
const headers = { "idempotency-key": "k" };

type Case = [key: string, options: (ids: World["ids"]) => { params?: Record<string, string>; body: object }];

const updates: Case[] = [
  ["businesses/update-business", () => ({ body: {} })],
  ["businesses/update-business", () => ({ body: { status: "SettingUp", website: null } })],
  ["businesses/update-business", () => ({ body: { name: "Acme", address: lines, phone: null } })],
  ["businesses/update-business", () => ({ body: { isDefault: true, parentBusinessId: null } })],
  ["users/update-me", () => ({ body: {} })],
  [
    "users/update-me",
    () => ({ body: { compliance: { acceptedEmail: false, trustedFormCertificates: [] } } }),
  ],
  ["users/update-me", () => ({ body: { email: boss.email, firstName: "Bo", phone: null } })],
  ["users/update-me", () => ({ body: { compliance: {} } })],
  ["users/update-me", () => ({ body: { compliance: { acceptedSms: true } } })],
  ["members/update-member", ({ boss }) => ({ params: { userId: boss ?? "" }, body: { role: "Owner" } })],
  ["members/update-member", ({ agent }) => ({ params: { userId: agent ?? "" }, body: { role: "Agent" } })],
  [
    "user-access/update-user-access",
    ({ agent, business }) => ({
      params: { user_id: agent ?? "" },
      body: { company_id: business, access_id: "4" },
    }),
  ],
];

const named = updates.map(([key, options]) => [key, JSON.stringify(options({}).body), options] as const);

test.each(named)("what is so already is no change, and leaves no event: %s %s", async (key, _, options) => {
  const { table, ids } = await world();
  const business = { body: { address: lines, isDefault: true } };
  const person = { body: { firstName: "Bo", compliance: { acceptedSms: true } } };
  await callOn(table, "businesses/update-business", boss, business);
  await callOn(table, "users/update-me", boss, person);
  const before = stored(table);
  const { status, body } = await callOn(table, key, boss, options(ids));
  expect([status, stored(table)]).toEqual([200, before]);
  await callOn(table, key, boss, { ...options(ids), headers });
  expect(withoutRecords(table)).toBe(before);
  if (key === "businesses/update-business")
    expect(body).toEqual((await callOn(table, "businesses/get-business", boss)).body);
  if (key === "users/update-me") expect(body).toEqual((await callOn(table, "users/get-me", boss)).body);
});

test.each([
  ["businesses/update-business", "businesses/get-business", { name: "Acme" }, { name: "Other" }],
  ["users/update-me", "users/get-me", { firstName: "Bo" }, { firstName: "Other" }],
])(
  "what was no change is none when it comes again, after another one: %s",
  async (key, shows, said, other) => {
    const { table } = await world();
    await callOn(table, "users/update-me", boss, { body: { firstName: "Bo" } });
    const { body: first } = await callOn(table, key, boss, { body: said, headers });
    await callOn(table, key, boss, { body: other });
    expect((await callOn(table, key, boss, { body: said, headers })).body).toEqual(first);
    expect((await callOn(table, shows, boss)).body).toMatchObject(other);
    expect((await callOn(table, key, boss, { body: other, headers })).body.code).toBe(
      "idempotency_key_reused",
    );
  },
);

test("a role that is one's own already is not given again by the same request, after another's change", async () => {
  const { table, ids } = await world();
  const params = { userId: ids.admin ?? "" };
  const again = { params, body: { role: "Admin" }, headers };
  const { body: first } = await callOn(table, "members/update-member", admin, again);
  await callOn(table, "members/update-member", boss, { params, body: { role: "Owner" } });
  expect((await callOn(table, "members/update-member", admin, again)).body).toEqual(first);
  const { body } = await callOn(table, "members/get-member", boss, { params });
  expect(body.role).toBe("Owner");
});

test.each([
  ["users/approve-legal-terms", { version: "2026-11" }],
  ["users/complete-onboarding", undefined],
])("what was done already leaves its answer to a key, and nothing else: %s", async (key, body) => {
  const { table } = await world();
  const first = await callOn(table, key, boss, { body });
  const before = stored(table);
  expect((await callOn(table, key, boss, { body })).body).toEqual(first.body);
  expect(stored(table)).toBe(before);
  expect((await callOn(table, key, boss, { body, headers })).body).toEqual(first.body);
  expect(withoutRecords(table)).toBe(before);
  expect(stored(table)).not.toBe(before);
});

test.each(["businesses/update-business", "users/update-me"])(
  "what is no change is read only: %s",
  async (key) => {
    const { table } = await world();
    const send = async (command: object) => {
      expect(command).not.toBeInstanceOf(TransactWriteCommand);
      return table.client.send(command as never);
    };
    const readable: Table = { name: table.name, client: { send } as never };
    expect((await callOn(readable, key, boss, { body: {} })).status).toBe(200);
  },
);

test("an update's event names what became another, and nothing else", async () => {
  const { table, ids } = await world();
  const [businessBody, personBody] = [
    { name: "Acme", phone: "+1 555 0100" },
    { firstName: "Bo", compliance: {} },
  ];
  await callOn(table, "businesses/update-business", boss, { body: businessBody });
  await callOn(table, "users/update-me", boss, { body: personBody });
  const fieldsOf = (pk: string, of: string) =>
    table
      .partition(pk, "EVENT#")
      .filter(({ type }) => type === of)
      .map(({ fields }) => fields);
  expect(fieldsOf(`BUSINESS#${ids.business}`, "business.updated")).toEqual([["phone"]]);
  expect(fieldsOf(`USER#${ids.boss}`, "user.updated")).toEqual([["firstName"]]);
});

test.each([
  [agent, 403],
  [outsider, 404],
])("an update of nothing is answered to nobody who might not make one: %o %i", async (who, expected) => {
  const { table, ids } = await world();
  const inIt = { "x-business-id": ids.business ?? "" };
  const { status } = await callOn(table, "businesses/update-business", who, { body: {}, headers: inIt });
  expect(status).toBe(expected);
  const allowed = await callOn(table, "businesses/update-business", admin, { body: {}, headers: inIt });
  expect(allowed.status).toBe(200);
});
