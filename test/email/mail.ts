import fc from "fast-check";
import { LinkifyIt } from "linkify-it";
import type { InvitationMail } from "../../shared/email/invitation-mail.ts";

export const acceptUrl = "https://app.example.com/invitations/{token}";

export const mail: InvitationMail = {
  to: "ann@example.com",
  businessId: "biz_01",
  invitationId: "inv_01",
  sendNo: 3,
  kind: "invitation",
  businessName: "Acme",
  inviterName: "Olivia",
  role: "Admin",
  expiresAt: Date.UTC(2026, 10, 29, 14, 5),
  token: "AbC-_9",
};

const untilSpace = { validate: (text: string, at: number) => /^\S*/.exec(text.slice(at))?.[0].length ?? 0 };

/** As eager as any mail client: every scheme, bare domains of every kind, bare addresses and IP addresses. */
const linkifier = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true })
  .tlds(["app", "click", "dev", "example", "io", "link", "local", "online", "shop", "top", "zip"], true)
  .add("tel:", untilSpace)
  .add("skype:", untilSpace);

/** What a mail client would make links of in a text. */
export const linksIn = (text: string): string[] => (linkifier.match(text) ?? []).map(({ raw }) => raw);

const piece = fc.oneof(
  fc.constantFrom(
    "http://",
    "https:",
    "//",
    "\\\\",
    "www.",
    "evil.com",
    "evil.zip",
    "xn--80ak6aa92e.com",
    "例え.テスト",
    "evil․com",
    "evil。com",
    "evil．com",
    "a@evil.com",
    "a＠evil.com",
    "mailto:",
    "tel:",
    "+15551234567",
    "127.0.0.1",
    "localhost:80",
    "\r\nBcc: x@evil.com",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u00ad",
    "\u2060",
    "\u3164",
    "\0",
    "\x1b[31m",
    "<b>",
    "</bdi>",
    '" onclick="',
    "&amp;",
    "{token}",
    "$&",
    "👩‍👩‍👧",
    "é\u0301\u0301",
    ".",
    ":",
    "@",
    " ",
    "Acme",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.string({ unit: "binary", maxLength: 3 }),
  fc.webUrl(),
  fc.emailAddress(),
  fc.domain(),
);

/** Names of the worst kind. */
export const names = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
