/** How invoices are paid: by the card of their subscription, or that of its customer. */
import type Stripe from "stripe";
import { emit, type Moment } from "./call.ts";
import { declineOf } from "./cards.ts";
import { customerOf } from "./customers.ts";
import { declined, invalid, type Problem } from "./problem.ts";

/** Days until a declined invoice is tried again; after four tries it stays open. */
const RETRY_AFTER = 24 * 3_600;
const TRIES = 4;

export type Payment = { readonly invoice: Stripe.Invoice; readonly refused?: Problem };

/** Charges an open invoice. */
export function pay(moment: Moment, invoice: Stripe.Invoice, subscription: Stripe.Subscription): Payment {
  const { change, now } = moment;
  const attempt_count = invoice.attempt_count + (invoice.amount_due > 0 ? 1 : 0);
  const refused = invoice.amount_due > 0 ? refusalOf(moment, subscription) : undefined;
  if (refused) {
    const next_payment_attempt = attempt_count < TRIES ? now + RETRY_AFTER : null;
    const open = { ...invoice, attempt_count, attempted: true, next_payment_attempt };
    change.put("invoice", open);
    emit(moment, "invoice.payment_failed", open);
    return { invoice: open, refused };
  }
  const paid: Stripe.Invoice = {
    ...{ ...invoice, attempt_count, attempted: true, next_payment_attempt: null, status: "paid" },
    ...{ amount_paid: invoice.amount_due, amount_remaining: 0 },
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  };
  change.put("invoice", paid);
  emit(moment, "invoice.paid", paid);
  emit(moment, "invoice.payment_succeeded", paid);
  return { invoice: paid };
}

/** Charges an invoice, and says what that makes of its subscription. */
export function settle(
  moment: Moment,
  invoice: Stripe.Invoice,
  subscription: Stripe.Subscription,
  orFail = false,
): Stripe.Subscription {
  const { refused } = pay(moment, invoice, subscription);
  if (refused && orFail) throw refused;
  return { ...subscription, latest_invoice: invoice.id, status: refused ? "past_due" : "active" };
}

function refusalOf({ change, declines }: Moment, subscription: Stripe.Subscription): Problem | undefined {
  const { invoice_settings: settings } = customerOf(change, subscription.customer as string);
  const id = (subscription.default_payment_method ?? settings.default_payment_method) as string | null;
  const method = change.get("payment_method", id ?? "");
  if (!method?.customer)
    return invalid("This customer has no attached payment source or default payment method.");
  const reason = declines ? "generic_decline" : declineOf(method);
  return reason === undefined ? undefined : declined(reason);
}
