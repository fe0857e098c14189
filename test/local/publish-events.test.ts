/** The real stack: every audit event of the table ends on the stack's event bus, with ids only. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type LocalRun, startLocal } from "../../infra/local/run.ts";
import { assembly } from "../build.ts";
import { temporaryFolder } from "./assembly.ts";
import { request } from "./local-run.ts";

const folder = temporaryFolder();
let local: LocalRun;
beforeAll(async () => {
  local = await startLocal({ assembly, stateDir: folder.path });
});
afterAll(async () => {
  await local.stop();
  folder.remove();
});

type Published = {
  bus: string;
  event: { source: string; "detail-type": string; detail: Record<string, string> };
};

it("publishes every audit event: its type, the time it happened, and ids only", async () => {
  const token = await local.token({ email: "olivia@example.com", name: "Olivia Owner" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const created = await request(`${local.url}/businesses/me`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name: "Olive Oil Ltd" }),
  });
  expect(created.status).toBe(201);
  const published = async () => (await request(`${local.url}/_local/events`)).json() as Published[];
  await vi.waitFor(
    async () => {
      const types = (await published()).map(({ event }) => event["detail-type"]);
      expect(types).toEqual(expect.arrayContaining(["user.created", "business.created"]));
    },
    { timeout: 15_000, interval: 50 },
  );
  const { id } = created.json() as { id: string };
  const events = await published();
  expect(new Set(events.map(({ bus, event }) => `${bus} ${event.source}`))).toEqual(
    new Set(["tenantry-local-events tenantry"]),
  );
  const business = events.find(({ event }) => event["detail-type"] === "business.created");
  expect(business?.event.detail).toMatchObject({ businessId: id, subjectId: id });
  for (const { event } of events)
    for (const [name, value] of Object.entries(event.detail))
      expect(`${name} ${value}`).toMatch(/Id [a-z]{3}_\w{26}$/);
  expect((await request(`${local.url}/_local/queues`)).json()).toEqual({});
});
