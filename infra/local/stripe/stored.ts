/** The kinds of things that the local Stripe keeps. */
import type Stripe from "stripe";
import type { Delivery } from "./delivery.ts";

export interface Stored {
  customer: Stripe.Customer | Stripe.DeletedCustomer;
  payment_method: Stripe.PaymentMethod;
  checkout: Checkout;
  subscription: Stripe.Subscription;
  invoice: Stripe.Invoice;
  event: Stripe.EventBase;
  /** Prorations that wait for the next invoice. */
  pending_line: Stripe.InvoiceLineItem;
  /** When quantities of a subscription were updated, and invoices made for it, in seconds. */
  pace: { id: string; updates: number[]; invoices: number[] };
  idempotency: Saved;
  delivery: Delivery;
}

export type Kind = keyof Stored;

/** A session, and what it starts when it is completed. */
export interface Checkout {
  readonly id: string;
  readonly session: Stripe.Checkout.Session;
  readonly items: readonly { readonly price: string; readonly quantity: number }[];
  readonly metadata: Stripe.Metadata;
}

/** What the first request with an idempotency key was, and how it was answered. */
export interface Saved {
  readonly id: string;
  readonly route: string;
  /** Its path and parameters. */
  readonly request: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: object;
  readonly at: number;
}
