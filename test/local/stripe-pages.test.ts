/** The Stripe page: Checkout, the portal, and what a developer sees and does; its controls; and what a kill leaves. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { takeOver } from "../../infra/local/state.ts";
import { noBrowser, openBrowser, openPage } from "../api/browser.ts";
import { temporaryFolder, writeAssembly } from "./assembly.ts";
import { ECHO, type Mini, request, startMini } from "./local-run.ts";

const sketch = { functions: { Echo: ECHO }, routes: { "GET /echo": "Echo" } };
const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>';

let local: Mini;
beforeAll(async () => {
  local = await startMini(sketch);
});
afterAll(() => local.remove());

const post = (path: string, body: object, url = local.url) =>
  request(`${url}/_local/stripe/${path}`, { method: "POST", body: JSON.stringify(body) });
/** What somebody does in Stripe's dashboard. */
const dashboard = async (line: string, params: object = {}, url = local.url) =>
  (await post("requests", { request: line, params }, url)).json() as any;
const seen = async (url = local.url) => (await request(`${url}/_local/stripe`)).json() as any;

async function customerWithCheckout(name: string, url = local.url) {
  const customer = await dashboard("POST /v1/customers", { name, "metadata[businessId]": "biz_1" }, url);
  const checkout = await dashboard(
    "POST /v1/checkout/sessions",
    {
      ...{ mode: "subscription", customer: customer.id, success_url: "https://app.example.com/done" },
      line_items: [{ price: "price_license_monthly", quantity: 2 }],
    },
    url,
  );
  return { customer: customer.id as string, checkout };
}

describe("the controls of Stripe", () => {
  it("show all that there is", async () => {
    const { customer, checkout } = await customerWithCheckout("Acme");
    await post("checkout", { session: checkout.id });
    expect(await seen()).toMatchObject({
      customers: [{ id: customer, name: "Acme" }],
      subscriptions: [{ customer, status: "active", items: { data: [{ quantity: 2 }] } }],
      invoices: [{ customer, status: "paid", total: 2_400 }],
      requests: [{ request: "POST /v1/checkout/sessions", status: 200 }, { request: "POST /v1/customers" }],
      faults: { down: false },
    });
  });

  it.each<[string, object, string]>([
    ["requests", { request: "PUT /v1/customers" }, "such as"],
    ["requests", { request: "POST /v1/customers", params: { nam: "x" } }, "parameter_unknown"],
    ["checkout", { session: "cs_none" }, "No such checkout.session"],
    ["checkout", { session: "cs_none", card: "pm_card_none" }, "pm_card_visa"],
    ["card", { customer: "cus_none" }, "No such customer"],
    ["events", { event: "evt_none" }, "No such event"],
    ["faults", { downn: true }, "downn"],
  ])("refuse %s %j, and say why", async (path, body, why) => {
    const answer = await post(path, body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(why)]);
  });

  it("set what is wrong, and put it right", async () => {
    expect((await post("faults", { slow: 5, decline: true })).json()).toMatchObject({
      slow: 5,
      decline: true,
    });
    expect((await local.request("/_local/stripe/faults")).json()).toMatchObject({ slow: 5, down: false });
    expect(await local.request("/stripe").then(({ text }) => text)).toContain("slow: 5, decline: true");
    expect((await post("faults", {})).json()).toMatchObject({ slow: 0, decline: false });
  });
});

it("what people have named is shown as text", async () => {
  await customerWithCheckout(HOSTILE);
  const { text } = await local.request("/stripe");
  expect(text).toContain("&#60;script&#62;alert(1)");
  expect(text).not.toMatch(/<script>|<img/);
  const away = await local.request(
    `/stripe?customer=${(await seen()).customers[0].id}&back=javascript:alert(1)`,
  );
  expect(away.text).not.toContain("javascript:");
});

describe("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = (await openBrowser()) as Browser;
  });
  afterAll(() => browser?.close());
  beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

  it("somebody pays by a good card when another has declined, and a developer adds a license", async () => {
    const { customer, checkout } = await customerWithCheckout("Browse Ltd");
    const { page, errors, close } = await openPage(browser);
    await page.goto(checkout.url);
    await page.getByRole("button", { name: "4000 0000 0000 0002" }).click();
    await page.getByRole("status").filter({ hasText: "Your card was declined." }).waitFor();
    await page.getByRole("button", { name: "4242 4242 4242 4242" }).click();
    const link = page.getByRole("link", { name: "Go back to https://app.example.com/done" });
    expect(await link.getAttribute("href")).toBe("https://app.example.com/done");

    await page.goto(`${local.url}/stripe?customer=${customer}`);
    await page.getByRole("button", { name: "+" }).click();
    await page.getByText("3 × $12.00").waitFor();
    await page.getByRole("button", { name: "Cancel at period end" }).click();
    await page.getByRole("button", { name: "Don't cancel" }).waitFor();
    const [subscription] = (await seen()).subscriptions;
    expect([subscription.items.data[0].quantity, subscription.cancel_at_period_end]).toEqual([3, true]);
    // The decline is answered 400, which a browser notes.
    expect(errors.filter((text) => !text.includes("400"))).toEqual([]);
    await close();
  });
});

it("what was paid outlives a kill -9 of the run", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const stateDir = join(folder.path, "state");
  const assembly = writeAssembly(folder.path, sketch);
  const first = await startChild(assembly, stateDir);
  const { checkout } = await customerWithCheckout("Kill Ltd", first.url);
  await post("checkout", { session: checkout.id }, first.url);
  const { subscriptions, invoices } = await seen(first.url);
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const second = await startChild(assembly, stateDir);
  expect(await seen(second.url)).toMatchObject({ subscriptions, invoices });
  second.child.kill("SIGKILL");
  await once(second.child, "exit");
  await takeOver(stateDir);
  folder.remove();
});

async function startChild(assembly: string, stateDir: string): Promise<{ child: ChildProcess; url: string }> {
  const script = join(import.meta.dirname, "child.ts");
  const child = spawn(process.execPath, [script, assembly, stateDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { child, url: JSON.parse(line).url };
}
