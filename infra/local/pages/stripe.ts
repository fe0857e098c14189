/** The local Stripe: Checkout and the billing portal for customers, and for the developer all that there is to see. */
import type { LocalStripe } from "../stripe/stripe.ts";
import { type Html, html } from "./html.ts";
import type { Asked } from "./page.ts";
import {
  checkoutCard,
  customerCard,
  faultButtons,
  requestRow,
  type Seen,
  webhookRow,
} from "./stripe-parts.ts";

/** `?checkout=` is one that a customer is to pay, `?customer=` one who is in the portal, `back` where they came from. */
export function stripePage(stripe: LocalStripe, { search }: Asked): string {
  const seen = stripe.seen();
  const checkout = seen.checkouts.find(({ id }) => id === search.get("checkout"));
  const customer = seen.customers.find(({ id }) => id === search.get("customer"));
  const [title, main] = checkout
    ? ["Checkout", alone(checkoutCard(checkout))]
    : customer
      ? ["Billing portal", html`${alone(customerCard(seen, customer))}${back(search.get("back"))}`]
      : ["Stripe", everything(seen)];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Tenantry on this machine</title>
<link rel="stylesheet" href="/_pages/home.css">
<link rel="stylesheet" href="/_pages/stripe.css">
<link rel="icon" href="data:,">
<script src="/_pages/stripe.js" defer></script>
</head>
<body>
<header>
<p><a href="/">Tenantry on this machine</a>${title === "Stripe" ? "" : html` · <a href="/stripe">Stripe</a>`}</p>
<h1>${title} <small>on this machine</small></h1>
<p>No money moves. As JSON: <a href="/_local/stripe">/_local/stripe</a></p>
</header>
<main id="live">
${main}
</main>
<p id="said" role="status"></p>
</body>
</html>
`;
  return page.text;
}

const alone = (card: Html): Html =>
  html`<section class="wide"><ul class="cards alone">${card}</ul></section>`;

const back = (to: string | null): Html =>
  /^https?:\/\//.test(to ?? "")
    ? html`<p class="wide"><a href="${to ?? ""}">Back to ${to ?? ""}</a></p>`
    : html``;

function everything(seen: Seen): Html {
  const open = seen.checkouts.filter(({ status }) => status === "open");
  const { attempts, waiting } = seen.webhooks;
  return html`<section class="wide">
<h2>What is wrong, on purpose</h2>
${faultButtons(seen.faults)}
</section>
<section class="wide"${open.length > 0 ? "" : html` hidden`}>
<h2>Open checkouts</h2>
<ul class="cards">
${open.map(checkoutCard)}</ul>
</section>
<section class="wide">
<h2>Customers</h2>
<ul class="cards">
${seen.customers.map((customer) => customerCard(seen, customer))}</ul>
${seen.customers.length > 0 ? "" : html`<p>None yet: attach a plan with <code>POST /businesses/me/subscription</code>.</p>`}
</section>
<section class="wide">
<h2>Requests</h2>
<table class="log">
<thead><tr><th>Time</th><th>Request</th><th>Key</th><th>Status</th></tr></thead>
<tbody>${seen.requests.slice(0, 50).map(requestRow)}</tbody>
</table>
</section>
<section class="wide">
<h2>Webhooks</h2>
<p>${waiting} on their way. Each comes twice, late and out of order, on purpose.</p>
<table class="log">
<thead><tr><th>Time</th><th>Event</th><th>Id</th><th>Answer</th></tr></thead>
<tbody>${attempts.slice(0, 30).map(webhookRow)}</tbody>
</table>
</section>`;
}
