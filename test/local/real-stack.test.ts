/** The real stack: its audit events end on its bus, with ids only; a copy of its template with a statement less does less. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type LocalRun, startLocal } from "../../infra/local/run.ts";
import { assembly } from "../build.ts";
import { temporaryFolder } from "./assembly.ts";
import { request } from "./local-run.ts";

const folder = temporaryFolder();
let local: LocalRun;
let copies = 0;
type Resource = { Type: string; Properties: any };
beforeAll(async () => {
  local = await startLocal({ assembly, stateDir: `${folder.path}/state` });
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

/** A copy of the real assembly, with its template edited. */
function copyOf(edit: (resources: [string, Resource][]) => void): string {
  const copy = `${folder.path}/copy-${++copies}`;
  cpSync(assembly, copy, { recursive: true });
  const file = `${copy}/Tenantry.template.json`;
  const template = JSON.parse(readFileSync(file, "utf8")) as { Resources: Record<string, Resource> };
  edit(Object.entries(template.Resources));
  writeFileSync(file, JSON.stringify(template));
  return copy;
}

/** Drops the statements that allow an action, wherever they are. */
const without = (action: string) => (resources: [string, Resource][]) => {
  for (const [, { Type, Properties }] of resources)
    if (Type === "AWS::IAM::Role")
      for (const { PolicyDocument } of Properties.Policies)
        PolicyDocument.Statement = PolicyDocument.Statement.filter(
          ({ Action }: { Action: string | string[] }) => ![Action].flat().includes(action),
        );
};

it("a copy of the template with an IAM statement dropped: what it allowed fails, and says so", async () => {
  const copy = copyOf(without("events:PutEvents"));
  const run = await startLocal({ assembly: copy, stateDir: `${folder.path}/dropped` });
  const lines: string[] = [];
  run.logs(({ source, text }) => lines.push(`${source} ${text}`));
  const token = await run.token({ email: "adam@example.com" });
  const headers = { authorization: `Bearer ${token}` };
  expect((await request(`${run.url}/users/me`, { headers })).status).toBe(200);
  await vi.waitFor(
    async () => {
      run.clock.advance("PT1M");
      const queues = Object.values((await request(`${run.url}/_local/queues`)).json() as object);
      expect(queues.flat()).not.toEqual([]);
    },
    { timeout: 15_000, interval: 100 },
  );
  expect(lines.join("\n")).toContain("AccessDeniedException");
  const events = (await request(`${run.url}/_local/events`)).json() as Published[];
  expect(events.filter(({ event }) => event.source === "tenantry")).toEqual([]);
  await run.stop();
});

it("a copy of the template without leave to send: the invitation stands, and no mail goes out", async () => {
  const stateDir = `${folder.path}/no-mail`;
  const run = await startLocal({ assembly: copyOf(without("ses:SendEmail")), stateDir });
  const token = await run.token({ email: "olivia@example.com" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const post = (path: string, body: object) =>
    request(run.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  await post("/businesses/me", { name: "Olive Oil Ltd" });
  const invited = await post("/businesses/me/invitations", { email: "sam@example.com" });
  expect([invited.status, invited.json()]).toEqual([
    200,
    expect.objectContaining({ status: "Pending", sentAt: null }),
  ]);
  expect((await request(`${run.url}/_local/mail`)).json()).toEqual([]);
  await run.stop();
});

it("a copy of the template with a statement of the table dropped: the endpoint fails, the others go on", async () => {
  const run = await startLocal({
    assembly: copyOf(without("dynamodb:Query")),
    stateDir: `${folder.path}/no-query`,
  });
  const token = await run.token({ email: "anna@example.com" });
  const headers = { authorization: `Bearer ${token}` };
  expect((await request(`${run.url}/users/me`, { headers })).status).toBe(200);
  expect((await request(`${run.url}/businesses/me/options`, { headers })).status).toBe(500);
  await run.stop();
});
