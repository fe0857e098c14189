/** The mailbox of the run: every mail that its SES has taken, with its text, its HTML and its headers. */
import type { Mail, Mailbox } from "../ses/mailbox.ts";
import { type Html, html } from "./html.ts";
import type { Asked, Content } from "./page.ts";

const SHOWN = 100;
const PARTS = ["HTML", "Text", "Headers"] as const;
type Part = (typeof PARTS)[number];

/** `?mail=` is the one to show, `?part=` what of it, `?to=` whose mails to list. */
export function mailbox(mails: Mailbox, { search }: Asked): string {
  const to = search.get("to")?.trim() ?? "";
  const list = mails.list(to || undefined);
  const open = mails.get(search.get("mail") ?? "");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox · Tenantry on this machine</title>
<link rel="stylesheet" href="/_pages/home.css">
<link rel="stylesheet" href="/_pages/mailbox.css">
<link rel="icon" href="data:,">
<script src="/_pages/mailbox.js" defer></script>
</head>
<body>
<header>
<p><a href="/">Tenantry on this machine</a></p>
<h1>Mailbox</h1>
<p>All that SES was handed. Nothing leaves this machine. As JSON: <a href="/_local/mail">/_local/mail</a></p>
</header>
<main class="${open ? "reading" : "listing"}">
<section class="list">
<form action="/mailbox">
<label for="to">Sent to</label>
<input id="to" name="to" type="search" value="${to}" placeholder="anyone@example.com" autocomplete="off">
<button>Show</button>
</form>
<ol class="mails" id="mails" data-newest="${list[0]?.id ?? ""}">
${list.slice(0, SHOWN).map((mail) => row(mail, to, mail === open))}</ol>
<p id="count">${list.length === 0 ? empty(to) : list.length > SHOWN ? `The newest ${SHOWN} of ${list.length}.` : ""}</p>
</section>
${open ? reader(open, to, partOf(open, search.get("part"))) : html`<section class="reader"><p>Choose a mail to read it.</p></section>`}
</main>
</body>
</html>
`;
  return page.text;
}

const empty = (to: string) => (to ? `No mail to ${to} so far.` : "No mail so far: invite somebody.");

function row(mail: Mail, to: string, isOpen: boolean): Html {
  return html`<li><a href="${link(mail, to)}"${isOpen ? html` aria-current="true"` : ""}>
<span class="to">${mail.to.join(", ")}</span> ${state(mail)}
<strong>${mail.subject}</strong>
<time datetime="${mail.at}">${when(mail)}</time></a></li>
`;
}

function reader(mail: Mail, to: string, part: Part): Html {
  const tabs = PARTS.filter((name) => has(mail, name)).map(
    (name) =>
      html`<a href="${link(mail, to)}&amp;part=${name}"${name === part ? html` aria-current="page"` : ""}>${name}</a>\n`,
  );
  return html`<section class="reader" aria-labelledby="subject">
<p class="back"><a href="/mailbox?to=${encodeURIComponent(to)}">All mails</a></p>
<h2 id="subject">${mail.subject}</h2>
<dl>
<dt>From</dt><dd>${mail.from}</dd>
<dt>To</dt><dd>${mail.to.join(", ")} ${state(mail)}</dd>
<dt>Sent</dt><dd><time datetime="${mail.at}">${when(mail)}</time></dd>
</dl>
<nav aria-label="Parts of the mail">${tabs}</nav>
${body(mail, part)}
</section>`;
}

function body(mail: Mail, part: Part): Html {
  // A mail's HTML is shown as a stranger's: in a frame where no script runs.
  if (part === "HTML")
    return html`<iframe src="/mailbox/${mail.id}" sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail's HTML"></iframe>`;
  if (part === "Text") return html`<pre>${mail.text ?? ""}</pre>`;
  const lines = mail.headers.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>\n`);
  const tags = Object.entries(mail.tags).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`);
  return html`<dl class="headers">
${lines}</dl>
<h3>Tags for SES</h3>
<dl class="headers">
<dt>configuration set</dt><dd>${mail.configurationSet ?? "none"}</dd>
${tags}</dl>`;
}

/** The HTML of one mail by itself, for the frame: it may run nothing, load nothing, and open links in another tab. */
export function mailHtml(mails: Mailbox, { last }: Asked): Content {
  const mail = mails.get(last);
  if (!mail?.html) return { status: 404, body: "There is no such mail, or it has no HTML." };
  return {
    body: mail.html.replace(/<head[^>]*>|^(?!.*<head)/is, '$&<base target="_blank">'),
    headers: {
      "content-security-policy":
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; " +
        "style-src 'unsafe-inline'; frame-ancestors 'self'",
    },
  };
}

const has = (mail: Mail, part: Part) =>
  part === "Headers" || mail[part === "HTML" ? "html" : "text"] !== null;

function partOf(mail: Mail, asked: string | null): Part {
  const there = PARTS.filter((part) => has(mail, part));
  return there.find((part) => part === asked) ?? there[0] ?? "Headers";
}

const link = ({ id }: Mail, to: string) => `/mailbox?mail=${id}${to && `&to=${encodeURIComponent(to)}`}`;
const when = ({ at }: Mail) => `${at.replace("T", " ").slice(0, 19)} UTC`;

/** How far it got, to all of its recipients. */
function state({ delivery }: Mail): Html {
  const stages = [...new Set(Object.values(delivery))];
  return html`<span class="state ${stages.join(" ")}">${stages.join(", ")}</span>`;
}
