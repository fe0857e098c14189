/** The mailbox page and the page to accept on: what they show of mails, and that nothing in a mail runs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mini } from "./local-run.ts";
import { clientOf, mail, startMailer } from "./mailer.ts";

const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>';
const TOKEN = "dG9rZW4tb2YtYW4taW52aXRhdGlvbg";

let local: Mini;
let ids: { hostile: string; invitation: string; textOnly: string };
beforeAll(async () => {
  local = await startMailer({
    more({ Resources }) {
      const acceptUrl = "https://app.tenantry.local/invitations/{token}";
      Object.assign((Resources.Stranger?.Properties ?? {}) as object, {
        Environment: { Variables: { ACCEPT_URL: acceptUrl, OTHER: "https://app.example.com/" } },
      });
    },
  });
  const client = await clientOf(local);
  const send = async (to: string, subject: string, Text?: string, Html?: string) => {
    const Body = { ...(Text && { Text: { Data: Text } }), ...(Html && { Html: { Data: Html } }) };
    const { MessageId = "" } = await client.send(mail(to, { Message: { Subject: { Data: subject }, Body } }));
    return MessageId;
  };
  ids = {
    textOnly: await send("text@example.com", "Text only", HOSTILE),
    hostile: await send(
      "h@example.com",
      HOSTILE,
      HOSTILE,
      `<!doctype html><html><head></head>${HOSTILE}</html>`,
    ),
    invitation: await send("Sam@Example.com", "Join us", `${local.url}/invitations/${TOKEN}`, "<p>Join</p>"),
  };
});
afterAll(() => local.remove());

const text = async (path: string) => (await local.request(path)).text;

describe("the mailbox page", () => {
  it("lists the newest first, and those of one recipient in any form", async () => {
    const subjects = async (query: string) =>
      [...(await text(`/mailbox${query}`)).matchAll(/<strong>([^<]*)<\/strong>/g)].map(
        ([, subject]) => subject,
      );
    expect(await subjects("")).toEqual(["Join us", expect.stringMatching(/^&#60;script&#62;/), "Text only"]);
    expect(await subjects("?to=SAM@example.com")).toEqual(["Join us"]);
    expect(await text("/mailbox?to=nobody@example.com")).toContain("No mail to nobody@example.com so far.");
  });

  it("shows one mail's text, HTML and headers, of what it has", async () => {
    const page = (part: string) => text(`/mailbox?mail=${ids.invitation}&part=${part}`);
    expect(await page("HTML")).toContain(`<iframe src="/mailbox/${ids.invitation}" sandbox="allow-popups `);
    expect(await page("Text")).toContain(`<pre>${local.url}/invitations/${TOKEN}</pre>`);
    expect(await page("Headers")).toContain("<dt>invitationId</dt><dd>inv_1</dd>");
    expect(await text(`/mailbox?mail=${ids.textOnly}&part=HTML`)).not.toContain("<iframe");
  });

  it("escapes all that a mail says", async () => {
    for (const part of ["HTML", "Text", "Headers"])
      for (const query of [`?mail=${ids.hostile}&part=${part}`, `?to=${encodeURIComponent(HOSTILE)}`])
        expect(await text(`/mailbox${query}`)).not.toMatch(/<script>|<img/);
  });

  it("shows a mail's HTML where nothing runs, nothing loads, and links open elsewhere", async () => {
    const { text: body, headers } = await local.request(`/mailbox/${ids.hostile}`);
    const policy = headers.get("content-security-policy");
    expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';/);
    expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin/);
    expect(headers.get("content-type")).toContain("text/html");
    expect(body).toMatch(/^<!doctype html><html><head><base target="_blank"><\/head>/);
    for (const id of [ids.textOnly, "nothing"])
      expect((await local.request(`/mailbox/${id}`)).status).toBe(404);
  });
});

describe("the page to accept on", () => {
  it("knows from the mailbox whom the link was sent to, and offers the three people", async () => {
    const page = await text(`/invitations/${TOKEN}`);
    const values = [...page.matchAll(/name="who" value="([^"]*)"/g)].map(([, value]) => value);
    expect(values).toEqual([
      "Sam@Example.com",
      "olivia@example.com",
      "adam@example.com",
      "anna@example.com",
      "",
    ]);
    expect(await text("/invitations/unknown")).not.toContain("Sam@Example.com");
  });

  it("lets the token go nowhere: into no referrer, and into nothing that the page says", async () => {
    const { text: page, headers } = await local.request(`/invitations/${TOKEN}`);
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(page).not.toContain(TOKEN);
  });

  it("is where the links of the local stage lead, whatever the port", async () => {
    const environment = JSON.parse((await local.invoke("Stranger", {})).payload);
    expect(environment.ACCEPT_URL).toBe(`${local.url}/invitations/{token}`);
    expect(environment.OTHER).toBe("https://app.example.com/");
  });
});
