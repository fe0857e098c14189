/** Where Stripe's pages lead back to in the local run, and what came of them. It stands in for a page of your own app. */
import type { LocalStripe } from "../stripe/stripe.ts";
import { type Html, html } from "./html.ts";
import { money, type Seen } from "./stripe-parts.ts";

/** Stripe doesn't say which Checkout somebody comes back from: on one machine it is one of the newest. */
const SHOWN = 3;

export function billing(stripe: LocalStripe): string {
  const { checkouts, customers, webhooks } = stripe.seen();
  const onTheirWay =
    webhooks.waiting > 0
      ? html`<p>Stripe's news of it is on its way to the API: <b>${webhooks.waiting}</b> webhooks.</p>`
      : html`<p>Stripe has told the API all that it has to tell.</p>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back from Stripe · Tenantry on this machine</title>
<link rel="stylesheet" href="/_pages/home.css">
<link rel="stylesheet" href="/_pages/stripe.css">
<link rel="icon" href="data:,">
<script src="/_pages/stripe.js" defer></script>
</head>
<body class="narrow">
<header>
<p><a href="/">Tenantry on this machine</a> · <a href="/stripe">Stripe</a></p>
<h1>Back from Stripe</h1>
<p>A page of the local run, in place of one of your app: <code>billing.returnUrl</code> in <code>cdk.json</code> leads to yours.</p>
</header>
<main id="live">
<section class="wide">
<h2>The newest Checkouts</h2>
${checkouts.length > 0 ? html`<ul class="cards alone">\n${checkouts.slice(0, SHOWN).map((one) => outcome(one, customers))}</ul>` : html`<p>None yet.</p>`}
</section>
<section class="wide">
<h2>What the API knows</h2>
${onTheirWay}
<p><code>GET /businesses/me/licenses</code> shows it within half a minute after that.</p>
</section>
</main>
</body>
</html>
`;
  return page.text;
}

function outcome(checkout: Seen["checkouts"][number], customers: Seen["customers"]): Html {
  const { status, amount_total, customer: id, url, expires_at } = checkout;
  const customer = customers.find((one) => one.id === id);
  const name = (customer && !customer.deleted && customer.name) || String(id);
  const until = new Date(expires_at * 1000).toISOString().slice(0, 16).replace("T", " ");
  const says =
    status === "complete"
      ? html`<p>Paid. <a href="/stripe?customer=${String(id)}">The customer at Stripe</a></p>`
      : status === "open"
        ? html`<p>Not paid. <a href="${url ?? "/stripe"}">It can be paid</a> until ${until} UTC.</p>`
        : html`<p>Closed without having been paid.</p>`;
  return html`<li><strong>${money(amount_total ?? 0)}</strong> <span>${name}</span>
${says}</li>
`;
}
