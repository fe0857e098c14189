/** In a browser: invite, read the mail in the mailbox, follow its link, accept, and see the member list. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { noBrowser, openBrowser, openPage } from "./browser.ts";
import { signIn, stackUrl } from "./client.ts";

// A browser and cold functions at once take their time on a small machine.
vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
beforeAll(async () => {
  browser = (await openBrowser()) as Browser;
});
afterAll(() => browser?.close());
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

let guests = 0;
const guest = () => `guest-${process.pid}-${++guests}@example.com`;

/** Somebody is invited by Ida Inviter: the link that came by mail, and what the inviter sees. */
async function invite({ business = "Olive Oil Ltd", email = guest() } = {}) {
  const inviter = await signIn({ email: email.replace("guest", "inviter"), name: "Ida Inviter" });
  await inviter.post("/businesses/me", { name: business });
  const { status, body } = await inviter.post("/businesses/me/invitations", { email, role: "Agent" });
  expect(status).toBe(200);
  const found = await fetch(`${stackUrl()}/_local/mail?to=${encodeURIComponent(email)}`);
  const [mail] = (await found.json()) as { text: string }[];
  const link = /http:\S+\/invitations\/\S+/.exec(mail?.text ?? "")?.[0] ?? "";
  const standing = async () => [
    (await inviter.get(`/businesses/me/invitations/${body.id}`)).body,
    (await inviter.get("/businesses/me/events")).body,
    (await inviter.get("/businesses/me/users")).body,
  ];
  return { inviter, email, link, id: body.id as string, standing };
}

const answer = (page: Page, how: "Accept" | "Decline") => page.getByRole("button", { name: how }).click();
const heading = (page: Page, name: string) => page.getByRole("heading", { name }).waitFor();

it("invite → mailbox → link → accept → the member list", async () => {
  const email = guest();
  const { page, errors, close } = await openPage(browser);
  await page.goto(`${stackUrl()}/mailbox`);
  await page.getByLabel("Sent to").fill(email.toUpperCase());
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText("No mail to").waitFor();
  // It is shown when it comes: nobody reloads the page.
  const { inviter } = await invite({ email });
  await page.getByRole("link", { name: email }).click();
  const inFrame = page.frameLocator("iframe").getByRole("link", { name: "Open the invitation" });
  const [accepting] = await Promise.all([page.context().waitForEvent("page"), inFrame.click()]);

  await heading(accepting, "Olive Oil Ltd");
  const facts = accepting.locator("#facts");
  expect(await facts.textContent()).toMatch(/^Your roleAgentInvited byIda InviterOpen until.+ UTC$/);
  expect(await accepting.getByLabel("The invited address").isChecked()).toBe(true);
  await accepting.getByLabel("First name").fill("Gus");
  await accepting.getByLabel("Last name").fill("Guest");
  await answer(accepting, "Accept");
  await heading(accepting, "Welcome");
  expect(await accepting.evaluate("document.activeElement.id")).toBe("title");
  expect(await accepting.getByText("You are a member of Olive Oil Ltd now, as Agent.").isVisible()).toBe(
    true,
  );
  const row = accepting.getByRole("row", { name: email });
  await row.waitFor();
  expect(await row.textContent()).toBe(`Gus Guest${email}Agent`);
  expect(errors).toEqual([]);
  await close();

  const { body } = await inviter.get("/businesses/me/users");
  expect(body.map(({ userEmail }: { userEmail: string }) => userEmail)).toContain(email);
});

it("opening the link ten times changes nothing: only an answer does", async () => {
  const { link, standing } = await invite();
  const before = await vi.waitFor(
    async () => {
      const found = await standing();
      expect(found[0].deliveredAt).not.toBeNull();
      return found;
    },
    { timeout: 15_000 },
  );
  const { page, writes, errors, close } = await openPage(browser);
  for (let time = 0; time < 10; time++) {
    await page.goto(link);
    await page.getByRole("button", { name: "Accept" }).waitFor();
  }
  expect(await standing()).toEqual(before);
  expect([writes, errors]).toEqual([[], []]);
  await close();
});

it("somebody else can't answer, and hears why; the invited person can decline, and it is over then", async () => {
  const { link, email, inviter, id } = await invite();
  const { page, close } = await openPage(browser);
  await page.goto(link);
  await page.getByLabel("Adam Admin").check();
  await answer(page, "Accept");
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(/another|email/i);
  await page.getByLabel("Somebody else").check();
  await page.getByLabel("Email address").fill(email.toUpperCase());
  await answer(page, "Decline");
  await heading(page, "Declined");
  expect((await inviter.get(`/businesses/me/invitations/${id}`)).body).toMatchObject({
    status: "Revoked",
    declinedAt: expect.any(String),
  });
  await page.goto(link);
  await page.getByText("This invitation has been declined.").waitFor();
  expect(await page.getByRole("button", { name: "Accept" }).isVisible()).toBe(false);
  await close();
});

it("an edited link says that there is no such invitation", async () => {
  const { link } = await invite();
  const { page, close } = await openPage(browser);
  await page.goto(`${link.slice(0, -4)}AAAA`);
  await page.getByText("There is nothing to answer.").waitFor();
  expect(await page.getByRole("alert").textContent()).toMatch(/invitation/i);
  await close();
});

it("the link's token is in no title and no referrer", async () => {
  const { link } = await invite();
  const token = link.split("/").at(-1) ?? "";
  const { page, close } = await openPage(browser);
  const referrers: string[] = [];
  page.on("request", (request) => referrers.push(request.headers().referer ?? ""));
  await page.goto(link);
  await page.getByRole("button", { name: "Accept" }).waitFor();
  await page.getByRole("link", { name: "Mailbox" }).click();
  await page.getByRole("heading", { name: "Mailbox" }).waitFor();
  expect(await page.evaluate("document.referrer")).toBe("");
  expect(referrers.filter((referrer) => referrer.includes(token))).toEqual([]);
  await page.goBack();
  expect(await page.title()).not.toContain(token);
  await close();
});

/** With SCREENSHOTS=<folder>, what it looks like, in light and dark, is left there. */
it.each([
  ["phone", 390],
  ["desktop", 1280],
])("the pages fit a %s of %d px: nothing scrolls sideways", async (device, width) => {
  const { link, email } = await invite({
    business: "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik & Söhne",
  });
  const { page, close } = await openPage(browser, { viewport: { width, height: 860 } });
  const folder = process.env.SCREENSHOTS;
  const look = async (name: string) => {
    await page.waitForLoadState(); // its styles too
    const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
    expect([name, overflow]).toEqual([name, 0]);
    for (const colorScheme of folder ? (["light", "dark"] as const) : []) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${folder}/${name}-${device}-${colorScheme}.png`, fullPage: true });
    }
  };
  await page.goto(`${stackUrl()}/mailbox?to=${email}`);
  await look("mailbox");
  await page.getByRole("link", { name: email }).click();
  for (const part of ["HTML", "Text", "Headers"]) {
    await page.getByRole("link", { name: part, exact: true }).click();
    await page.locator(`[aria-current=page]:text-is("${part}")`).waitFor();
    await look(`mail-${part}`);
  }
  await page.goto(link);
  await page.getByLabel("Somebody else").check();
  await answer(page, "Accept");
  await page.getByRole("alert").waitFor();
  await look("accept");
  await page.getByLabel("The invited address").check();
  await answer(page, "Accept");
  await page.getByRole("row", { name: email }).waitFor();
  await look("welcome");
  await close();
});
