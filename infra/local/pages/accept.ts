/**
 * Where the links of invitations lead in the local run: a client of the public API and nothing more. Opening it
 * changes nothing. It stands in for a page of your own app.
 */
import { safeMessage } from "../../../shared/domain/invitations.ts";
import type { Mailbox } from "../ses/mailbox.ts";
import type { Home } from "./home.ts";
import { type Html, html } from "./html.ts";
import type { Asked } from "./page.ts";

/** What the API says of an invitation that can be answered. */
const OPEN = safeMessage({ state: "Pending", expiresAt: 1 }, 0);

export function accept(mails: Mailbox, people: Home["people"], { last: token }: Asked): string {
  // Only this machine's mailbox knows whom the link was sent to: the API tells nobody.
  const invited = mails.list().find(({ text, html: body }) => `${text}${body}`.includes(token))?.to[0];
  const known = [
    ...(invited ? [{ label: "The invited address", name: "", email: invited }] : []),
    ...people.map(({ name, email }) => ({ label: name, name, email })),
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Your invitation</title>
<link rel="stylesheet" href="/_pages/home.css">
<link rel="stylesheet" href="/_pages/accept.css">
<link rel="icon" href="data:,">
<script src="/_pages/accept.js" defer></script>
</head>
<body>
<main>
<section>
<h1 id="title" tabindex="-1">Your invitation</h1>
<noscript><p>This page asks the API by script: allow it here to see the invitation.</p></noscript>
<p id="message" role="status">Looking it up …</p>
<dl id="facts" hidden></dl>
<form id="answer" data-open="${OPEN}" hidden>
<fieldset>
<legend>Answer as</legend>
${known.map(choice)}<label class="person"><input type="radio" name="who" value="">
<span><strong>Somebody else</strong></span></label>
<div id="other" hidden>
<label for="email">Email address</label>
<input id="email" type="email" autocomplete="off">
</div>
</fieldset>
<div class="names">
<p><label for="firstName">First name <small>optional</small></label><input id="firstName" maxlength="100" autocomplete="off"></p>
<p><label for="lastName">Last name <small>optional</small></label><input id="lastName" maxlength="100" autocomplete="off"></p>
</div>
<p class="buttons"><button class="primary" name="answer" value="accept">Accept</button>
<button name="answer" value="decline">Decline</button></p>
</form>
<p id="problem" role="alert" hidden></p>
<table id="members" hidden>
<caption>Members now</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Email address</th><th scope="col">Role</th></tr></thead>
<tbody></tbody>
</table>
</section>
<p class="note">A page of the local run, in place of one of your app. <a href="/mailbox">Mailbox</a> · <a href="/">First page</a></p>
</main>
</body>
</html>
`;
  return page.text;
}

type Choice = { label: string; name: string; email: string };

function choice({ label, name, email }: Choice, index: number): Html {
  return html`<label class="person"><input type="radio" name="who" value="${email}" data-name="${name}"${index === 0 ? html` checked` : ""}>
<span><strong>${label}</strong> ${email}</span></label>
`;
}
