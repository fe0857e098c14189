import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayAndMinute, type InvitationMail, renderInvitation } from "../../shared/email/invitation-mail.ts";
import { safeName } from "../../shared/email/safe-name.ts";
import { acceptUrl, linksIn, mail, names } from "./mail.ts";

const link = "https://app.example.com/invitations/AbC-_9";
const hostile = fc.record({ businessName: names, inviterName: fc.option(names) });
const render = (change: Partial<InvitationMail> = {}) => renderInvitation({ ...mail, ...change }, acceptUrl);

/** What a reader sees of HTML: its text, with nothing between what the tags separate, which is the worst case. */
function shown(html: string): string {
  const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return html
    .replace(/<style>.*?<\/style>|<!--.*?-->/gs, "")
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name] ?? "");
}

describe("an invitation's email", () => {
  test("says who invites, to what, as which role, until when, for whom the link is, and what ignoring it does", () => {
    const { subject, text, html } = render();
    expect(subject).toBe("Olivia invites you to join Acme");
    for (const part of [text, shown(html)]) {
      expect(part).toContain("Olivia invites you to join Acme as an Admin.");
      expect(part).toContain("open until 29 November 2026 at 14:05 UTC");
      expect(part).toContain("The link is meant for you alone.");
      expect(part).toContain("If you didn't expect this email, ignore it: nothing happens");
      expect(part).toContain(link);
      expect(part).not.toContain("reminder");
    }
  });

  test("says the day and the minute as Intl's British English does, for a century", () => {
    const options = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
    const british = new Intl.DateTimeFormat("en-GB", options);
    const times = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) });
    fc.assert(fc.property(times, (time) => dayAndMinute(time) === british.format(time)));
  });

  test("says in a reminder that it is one", () => {
    const { subject, text, html } = render({ kind: "reminder" });
    expect(subject).toBe("Reminder: Olivia invites you to join Acme");
    for (const part of [text, shown(html)]) expect(part).toContain("This is a reminder");
  });

  test.each([null, "", "\u200b\u202e", " "])("names no inviter where there is no name: %j", (inviterName) => {
    const { subject, text } = render({ inviterName, businessName: "\u2066\0" });
    expect(subject).toBe("You are invited to join a business");
    expect(text).toMatch(/^You are invited to join a business as an Admin\./);
  });

  test("has the link from acceptUrl as its only one, in both parts, and links to nothing else", () => {
    fc.assert(
      fc.property(hostile, (given) => {
        const { text, html } = render(given);
        expect(linksIn(text)).toEqual([link]);
        expect(linksIn(shown(html))).toEqual([link]);
        const targets = html.matchAll(/(?:href=|src=|action=|url\()["']?([^"'>)]*)/g);
        expect([...targets].map(([, to]) => to)).toEqual([link, link]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("has a token in its link to the letter, and escapes what could leave it", () => {
    expect(render({ token: "$&$1" }).text).toContain("/invitations/%24%26%241\n");
    const query = renderInvitation(mail, "https://app.example.com/?token={token}&from=mail");
    expect(query.html).toContain('href="https://app.example.com/?token=AbC-_9&amp;from=mail"');
    expect(query.text).toContain("https://app.example.com/?token=AbC-_9&from=mail\n");
    expect(render({ token: 'x"><b>' }).html).not.toContain("<b>");
  });

  test("has a subject of one line of at most 150 characters that holds no link and nothing invisible", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom("invitation", "reminder"), (given, kind) => {
        const { subject } = render({ ...given, kind });
        expect(subject.length).toBeLessThanOrEqual(150);
        expect(subject).not.toMatch(/[\r\n\p{C}]/u);
        expect(linksIn(subject)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("has the same tags in its HTML whatever the names are", () => {
    const tags = (html: string) => html.match(/<[^>]*>/g);
    const plain = tags(render().html);
    fc.assert(
      fc.property(names, names, (businessName, inviterName) => {
        // A name of which nothing is left has no tags around it either.
        fc.pre(safeName(inviterName) !== "");
        expect(tags(render({ businessName, inviterName }).html)).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });

  test("is small enough for Gmail to show whole, and leaves what it loads to nobody", () => {
    const { html } = render({ businessName: "W".repeat(1_000), inviterName: "W".repeat(1_000) });
    expect(Buffer.byteLength(html)).toBeLessThan(102_000);
    expect(html).not.toMatch(/<(img|script|link|iframe|object)|@import|@font-face/i);
  });

  test("can be read by everyone: a language, layout tables that say so, light and dark", () => {
    const { html } = render();
    expect(html).toMatch(/<html lang="en"/);
    const tables = html.match(/<table[^>]*>/g) ?? [];
    expect(tables.filter((table) => !table.includes('role="presentation"'))).toEqual([]);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain("@media (prefers-color-scheme: dark)");
  });
});
