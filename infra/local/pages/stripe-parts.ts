/** The parts of the Stripe page: cards of checkouts and customers with what can be done to them, and rows of logs. */
import type Stripe from "stripe";
import { testCards } from "../stripe/cards.ts";
import type { LocalStripe } from "../stripe/stripe.ts";
import { type Html, html } from "./html.ts";

export type Seen = ReturnType<LocalStripe["seen"]>;

/** A button that posts to the run's controls. */
const button = (text: string, path: string, body: object): Html =>
  html`<button type="button" data-post="/_local/stripe/${path}" data-body="${JSON.stringify(body)}">${text}</button>\n`;

const api = (text: string, request: string, params: object = {}): Html =>
  button(text, "requests", { request, params });

export const money = (amount: number): string => `$${(amount / 100).toFixed(2)}`;
const day = (seconds: number | null | undefined): string =>
  seconds ? new Date(seconds * 1000).toISOString().slice(0, 10) : "–";

const faults: readonly [text: string, faults: object][] = [
  ["Nothing", {}],
  ["Down", { down: true }],
  ["Slow (5 s)", { slow: 5_000 }],
  ["Loses 10 answers", { lose: 10 }],
  ["10 × 500, done", { failApplied: 10 }],
  ["10 × 500, not done", { failUnapplied: 10 }],
  ["10 × 429", { limited: 10 }],
  ["Declines every card", { decline: true }],
  ["No webhooks", { silent: true }],
];

export function faultButtons(now: Seen["faults"]): Html {
  const wrong = Object.entries(now).filter(([, value]) => value);
  return html`<p>${wrong.length === 0 ? "Nothing." : wrong.map(([name, value]) => `${name}: ${value}`).join(", ")}</p>
<p class="buttons">${faults.map(([text, body]) => button(text, "faults", body))}</p>`;
}

export function checkoutCard(checkout: Seen["checkouts"][number]): Html {
  const { id, customer, status, items, amount_total, success_url, cancel_url } = checkout;
  const pay = Object.entries(testCards).map(([card, { number, refused, declines }]) =>
    button(
      `Pay by ${number.replace(/(.{4})(?=.)/g, "$1 ")}${refused || declines ? ", which declines" : ""}`,
      "checkout",
      { session: id, card },
    ),
  );
  return html`<li><strong>${money(amount_total ?? 0)}</strong> <span>${status ?? ""} · ${String(customer)}</span>
<p>${items.map(({ price, quantity }) => `${quantity} × ${price}`).join(", ")}</p>
${status === "open" ? html`<p class="buttons">${pay}</p>\n${leading("Don't pay, and go back to", cancel_url)}` : ""}
${status === "complete" ? html`<p>Paid. Stripe tells the API by webhooks, which take a few seconds.</p>\n${leading("Go back to", success_url)}` : ""}
${status === "expired" ? html`<p>Closed: nobody can pay by it any more.</p>\n${leading("Go back to", cancel_url)}` : ""}</li>
`;
}

/** Where a page of Stripe's leads, in full: on a laptop nothing may answer there. */
const leading = (text: string, to: string | null): Html =>
  html`<p><a href="${to ?? "/stripe"}">${text} ${to ?? "Stripe"}</a></p>`;

export function customerCard(seen: Seen, customer: Seen["customers"][number]): Html {
  if (customer.deleted) return html`<li><strong>${customer.id}</strong> <span>deleted</span></li>`;
  const { id, name, metadata, balance, invoice_settings: settings } = customer;
  const subscriptions = seen.subscriptions.filter((one) => one.customer === id);
  const owed = seen.invoices.filter((one) => one.customer === id && one.status === "open");
  return html`<li><strong>${name ?? id}</strong> <span>${id} · ${metadata.businessId ?? "no business"}</span>
<p>Card ${cardOf(seen, settings.default_payment_method)} · balance ${money(balance)}</p>
<p class="buttons">${button("A good card", "card", { customer: id, card: "pm_card_visa" })}
${button("A card that declines", "card", { customer: id, card: "pm_card_chargeCustomerFail" })}
${owed.map((one) => api(`Pay ${money(one.amount_remaining)}`, `POST /v1/invoices/${one.id}/pay`))}</p>
${subscriptions.map((subscription) => subscriptionPart(seen, subscription))}</li>
`;
}

function cardOf({ paymentMethods }: Seen, id: string | Stripe.PaymentMethod | null): string {
  const method = paymentMethods.find((one) => one.id === id);
  return method ? `•••• ${method.card?.last4}` : "none";
}

function subscriptionPart(seen: Seen, subscription: Stripe.Subscription): Html {
  const {
    id,
    status,
    items,
    cancel_at,
    pause_collection: pause,
    default_payment_method: method,
  } = subscription;
  const path = `/v1/subscriptions/${id}`;
  const pausing = pause
    ? api("Resume collection", `POST ${path}`, { pause_collection: "" })
    : api("Pause collection", `POST ${path}`, { "pause_collection[behavior]": "void" });
  const ends = cancel_at
    ? api("Don't cancel", `POST ${path}`, { cancel_at_period_end: false })
    : api("Cancel at period end", `POST ${path}`, { cancel_at_period_end: true });
  const doing =
    status === "canceled"
      ? ""
      : html`<p class="buttons">${[pausing, ends]}${api("Cancel now", `DELETE ${path}`)}</p>`;
  return html`<h3>${id} <small class="${status}">${status}${pause ? ", paused" : ""}</small></h3>
<p>Card ${cardOf(seen, method)} · until ${day(items.data[0]?.current_period_end)}${cancel_at ? ` · ends ${day(cancel_at)}` : ""}</p>
<table>${items.data.map((item) => itemRow(item, status !== "canceled"))}</table>
${doing}`;
}

function itemRow({ id, price, quantity = 0 }: Stripe.SubscriptionItem, isAlive: boolean): Html {
  const set = (text: string, next: number) =>
    api(text, `POST /v1/subscription_items/${id}`, { quantity: next });
  const buttons = isAlive ? [set("−", Math.max(0, quantity - 1)), set("+", quantity + 1)] : [];
  return html`<tr><td>${price.id}</td><td><b>${quantity}</b> × ${money(price.unit_amount ?? 0)}</td><td>${buttons}</td></tr>
`;
}

const tone = (status: number | null): string => `s${status === null ? 5 : Math.floor(status / 100)}`;

export const requestRow = ({ at, request, body, key, status, replayed }: Seen["requests"][number]): Html =>
  html`<tr><td>${at.slice(11, 23)}</td><td>${request} <small>${decodeURIComponent(body)}</small></td><td>${key ?? ""}</td><td class="${tone(status)}">${status ?? "none"}${replayed ? ", replayed" : ""}</td></tr>
`;

export const webhookRow = ({ at, type, event, status }: Seen["webhooks"]["attempts"][number]): Html =>
  html`<tr><td>${at.slice(11, 23)}</td><td>${type}</td><td>${event}</td><td class="${tone(status)}">${status ?? "none"}</td></tr>
`;
