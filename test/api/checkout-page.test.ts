/** In a browser: Stripe's Checkout, and the page of the run that it leads back to, paid or not. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { noBrowser, openBrowser, openPage } from "./browser.ts";
import { owner, stackUrl } from "./client.ts";

// A browser and cold functions at once take their time on a small machine.
vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
beforeAll(async () => {
  browser = (await openBrowser()) as Browser;
});
afterAll(() => browser?.close());
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

it("who doesn't pay comes back to a page that says so, and who pays to one that says that", async () => {
  const name = `Olive Oil ${process.pid}`;
  const { body } = await (await owner(name)).post("/businesses/me/subscription", { billingPlan: "Monthly" });
  const { page, errors, writes, close } = await openPage(browser, { viewport: { width: 390, height: 844 } });
  const back = `${stackUrl()}/billing`;
  const card = page.getByRole("listitem").filter({ hasText: name });

  await page.goto(body.url);
  await page.getByRole("link", { name: `Don't pay, and go back to ${back}` }).click();
  await page.waitForURL(back);
  await card.getByText("Not paid.").waitFor();

  await card.getByRole("link", { name: "It can be paid" }).click();
  await page.getByRole("button", { name: "4242 4242 4242 4242" }).click();
  await page.getByText("Paid. Stripe tells the API").waitFor();
  await page.getByRole("link", { name: `Go back to ${back}` }).click();
  await page.waitForURL(back);
  await card.getByText(/^Paid\. The customer/).waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect([errors, writes]).toEqual([[], ["POST /_local/stripe/checkout"]]);
  await close();
});
