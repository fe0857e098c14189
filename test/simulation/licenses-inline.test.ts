/** What a request does about licenses at once, and what it leaves alone. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Context } from "../../shared/operation.ts";
import { LicenseWorld } from "./license-world.ts";

const loaded: { contexts: Context[] } = { contexts: [] };
const table: { opened: Context["table"] } = { opened: undefined };
let applyLicenses: typeof import("../../shared/billing/apply-licenses.ts").applyLicenses;
let workOffLedger: typeof import("../../shared/billing/work-off-ledger.ts").workOffLedger;

/** Modules of its own: the other tests share theirs. */
beforeAll(async () => {
  vi.resetModules();
  vi.doMock("../../shared/billing/desk.ts", async (original) => {
    const module = await original<typeof import("../../shared/billing/desk.ts")>();
    const deskFor: typeof module.deskFor = async (context, ...rest) => {
      loaded.contexts.push(context);
      return module.deskFor(context, ...rest);
    };
    return { ...module, deskFor };
  });
  vi.doMock("../../shared/table/client.ts", () => ({
    tableOf: (context: Context) => context.table ?? table.opened,
  }));
  ({ applyLicenses } = await import("../../shared/billing/apply-licenses.ts"));
  ({ workOffLedger } = await import("../../shared/billing/work-off-ledger.ts"));
});
afterAll(() => {
  vi.doUnmock("../../shared/billing/desk.ts");
  vi.doUnmock("../../shared/table/client.ts");
  vi.resetModules();
});
vi.spyOn(console, "log").mockImplementation(() => {});

test("the protocol sits down only to what is due, and over the connection that the request has", async () => {
  const world = new LicenseWorld();
  await world.subscribe();
  table.opened = { name: "memory", client: world.table.client as never };
  const outside = { now: world.now, timeLeft: () => 10_000, stripe: world.stripe } as unknown as Context;
  loaded.contexts.length = 0;
  await applyLicenses.run(outside, world.businessId);
  expect(loaded.contexts, "nothing is due").toEqual([]);
  world.configure({ mode: "report" });
  await world.add(); // and Stripe is not told
  world.configure({});
  await applyLicenses.run(outside, world.businessId);
  expect(loaded.contexts.map((context) => context.table)).toEqual([table.opened]);
  expect(world.quantity).toBe(2);
});

test("the job doesn't sit down, or ask for Stripe's key, where the request has done it all", async () => {
  const world = new LicenseWorld();
  await world.subscribe();
  await world.add();
  table.opened = { name: "memory", client: world.table.client as never };
  const outside = { now: world.now, timeLeft: () => 60_000, stripe: world.stripe } as unknown as Context;
  loaded.contexts.length = 0;
  expect((await workOffLedger.run(outside, world.businessId, world.now))?.seats).toBe(2);
  expect(loaded.contexts).toEqual([]);
});
