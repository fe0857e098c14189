/** Invoices: made of lines, and charged to the customer's balance before anything is left to pay. */
import type Stripe from "stripe";
import { emit, type Moment, newId } from "./call.ts";
import { customerOf } from "./customers.ts";
import { keepPace } from "./pace.ts";
import { listOf } from "./problem.ts";

export type Draft = {
  readonly subscription: Stripe.Subscription;
  readonly lines: readonly Stripe.InvoiceLineItem[];
  readonly reason: Stripe.Invoice.BillingReason;
  readonly period: Stripe.InvoiceLineItem.Period;
};

/** What an invoice of these lines comes to; nothing is charged by it. */
export function drawUp(
  { change, now }: Moment,
  { subscription, lines, reason, period }: Draft,
): Stripe.Invoice {
  const customer = customerOf(change, subscription.customer as string);
  const id = newId("in");
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const due = Math.max(0, total + Math.min(0, customer.balance));
  const ending = customer.balance - (due - total);
  return {
    ...{ id, object: "invoice", created: now, currency: subscription.currency, billing_reason: reason },
    ...{ customer: customer.id, customer_email: customer.email, customer_name: customer.name ?? null },
    ...{ subtotal: total, subtotal_excluding_tax: total, total, total_excluding_tax: total },
    ...{ amount_due: due, amount_remaining: due, amount_paid: 0, amount_overpaid: 0, amount_shipping: 0 },
    ...{ starting_balance: customer.balance, ending_balance: ending || 0, status: "draft" },
    ...{ period_start: period.start, period_end: period.end, attempt_count: 0, attempted: false },
    lines: listOf(
      `/v1/invoices/${id}/lines`,
      lines.map((one) => ({ ...one, invoice: id })),
    ),
    parent: {
      ...{ type: "subscription_details", quote_details: null },
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
    },
    ...blank(),
  };
}

const blank = () => ({
  ...{ account_country: null, account_name: null, account_tax_ids: null, application: null },
  ...{ automatically_finalizes_at: null, collection_method: "charge_automatically", custom_fields: null },
  ...{ customer_account: null, customer_address: null, customer_phone: null, customer_shipping: null },
  ...{ customer_tax_exempt: null, default_payment_method: null, default_source: null, default_tax_rates: [] },
  ...{ description: null, discounts: [], due_date: null, effective_at: null, footer: null },
  ...{ from_invoice: null, last_finalization_error: null, latest_revision: null, livemode: false },
  ...{ metadata: {}, next_payment_attempt: null, number: null, on_behalf_of: null, test_clock: null },
  ...{ post_payment_credit_notes_amount: 0, pre_payment_credit_notes_amount: 0, receipt_number: null },
  ...{ rendering: null, shipping_cost: null, shipping_details: null, statement_descriptor: null },
  ...{ total_discount_amounts: [], total_pretax_credit_amounts: [], total_taxes: [] },
  ...{ webhooks_delivered_at: null },
  automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
  issuer: { type: "self" },
  payment_settings: {
    ...{ default_mandate: null, payment_method_options: null, payment_method_types: null },
  },
  status_transitions: {
    ...{ finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  },
});

/** Finalises an invoice; it is then to be paid. */
export function bill(moment: Moment, draft: Draft): Stripe.Invoice {
  const { change, now } = moment;
  keepPace(moment, draft.subscription.id, "invoices");
  const drawn = drawUp(moment, draft);
  const transitions = { ...drawn.status_transitions, finalized_at: now };
  const invoice: Stripe.Invoice = { ...drawn, status: "open", status_transitions: transitions };
  change.put("invoice", invoice);
  const customer = customerOf(change, invoice.customer as string);
  const { ending_balance: balance } = invoice;
  const currency = customer.currency ?? invoice.currency;
  change.put("customer", { ...customer, currency, balance: balance ?? customer.balance });
  emit(moment, "invoice.created", invoice);
  emit(moment, "invoice.finalized", invoice);
  return invoice;
}
