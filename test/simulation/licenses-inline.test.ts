/** What a request does about licenses at once, and what it leaves alone. */
import { expect, test, vi } from "vitest";
import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import type { Context } from "../../shared/operation.ts";
import { LicenseWorld } from "./license-world.ts";

const loaded = vi.hoisted(() => ({ contexts: [] as Context[] }));
vi.mock("../../shared/billing/work-off.ts", async (original) => {
  const module = await original<typeof import("../../shared/billing/work-off.ts")>();
  const deskFor: typeof module.deskFor = async (context, ...rest) => {
    loaded.contexts.push(context);
    return module.deskFor(context, ...rest);
  };
  return { ...module, deskFor };
});
const table = vi.hoisted(() => ({ opened: undefined as Context["table"] }));
vi.mock("../../shared/table/client.ts", () => ({
  tableOf: (context: Context) => context.table ?? table.opened,
}));
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
