/** The first page of the run: where everything is, who to be, what time it is, and what has happened. */
import { type Html, html } from "./html.ts";
import type { Seen } from "./requests.ts";

export type Home = {
  url: string;
  stateDir: string;
  routes: number;
  functions: number;
  now: number;
  people: readonly { name: string; email: string; token: string }[];
  requests: readonly Seen[];
};

export function home({ url, stateDir, routes, functions, now, people, requests }: Home): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenantry on this machine</title>
<link rel="stylesheet" href="/_pages/home.css">
<link rel="icon" href="data:,">
<script src="/_pages/home.js" defer></script>
</head>
<body>
<header>
<h1>Tenantry <small>on this machine</small></h1>
<p>${routes} routes, ${functions} functions. The template that runs here is the one that deploys.</p>
</header>
<main>
<section>
<h2>Where everything is</h2>
<dl>
<dt>API</dt><dd><code>${url}</code></dd>
<dt>Reference</dt><dd><a href="/docs">/docs</a>, from <a href="/openapi.json">/openapi.json</a></dd>
<dt>Stripe</dt><dd><a href="/stripe">/stripe</a>, as JSON <a href="/_local/stripe">/_local/stripe</a></dd>
<dt>Mailbox</dt><dd><a href="/mailbox">/mailbox</a>, as JSON <a href="/_local/mail">/_local/mail</a></dd>
<dt>Events</dt><dd><a href="/_local/events">/_local/events</a></dd>
<dt>Queues</dt><dd><a href="/_local/queues">/_local/queues</a></dd>
<dt>Requests</dt><dd><a href="/_local/requests">/_local/requests</a></dd>
<dt>Data and logs</dt><dd><code>${stateDir}</code></dd>
</dl>
</section>
<section>
<h2>Clock</h2>
<p><time id="now" datetime="${new Date(now).toISOString()}">${new Date(now).toISOString()}</time></p>
<p>It is the time of everything here: functions, tokens, schedules. It only goes forward.</p>
<p class="buttons">
${[
  ["PT1H", "1 hour"] as const,
  ["P1D", "1 day"] as const,
  ["P7D", "7 days"] as const,
  ["P1M", "1 month"] as const,
].map(([by, text]) => html`<button type="button" data-advance="${by}">+ ${text}</button>\n`)}</p>
</section>
<section class="wide">
<h2>Three people</h2>
<p>Their tokens live ten years. Anyone else: <code>curl ${url}/_local/token -d '{"email": "someone@example.com"}'</code></p>
<ul class="people">
${people.map((person) => personCard(person, url))}</ul>
</section>
<section class="wide">
<h2>Last requests</h2>
<table>
<thead><tr><th>Time</th><th>Route</th><th>Function</th><th>Status</th><th>Took</th><th>Start</th><th>Units</th></tr></thead>
<tbody id="requests">${requests.map(row)}</tbody>
</table>
<p id="none"${requests.length > 0 ? html` hidden` : ""}>None yet. Copy a curl from above.</p>
</section>
</main>
<p id="said" role="status"></p>
</body>
</html>
`;
  return page.text;
}

function personCard({ name, email, token }: Home["people"][number], url: string): Html {
  return html`<li><strong>${name}</strong> <span>${email}</span>
<p class="buttons"><button type="button" data-copy="${token}">Copy token</button>
<button type="button" data-copy="curl -H &quot;Authorization: Bearer ${token}&quot; ${url}/users/me">Copy curl</button></p></li>
`;
}

/** As home.js makes it of the same facts. */
function row({ at, method, route, function: name, status, ms, start, units }: Seen): Html {
  return html`<tr><td>${at.slice(11, 23)}</td><td><b>${method}</b> ${route}</td><td>${name}</td><td class="s${Math.floor(status / 100)}">${status}</td><td>${ms} ms</td><td>${start}</td><td>${units}</td></tr>`;
}
