/**
 * The requests that the local Stripe answers, each with its parameters as the SDK types them. `schemas.json` is made
 * of this very interface (make-schemas.ts), so that what the SDK doesn't know is refused here as Stripe refuses it.
 */
import type Stripe from "stripe";

export interface Requests {
  "POST /v1/customers": Stripe.CustomerCreateParams;
  "GET /v1/customers/search": Stripe.CustomerSearchParams;
  "GET /v1/customers/{id}": Stripe.CustomerRetrieveParams;
  "POST /v1/customers/{id}": Stripe.CustomerUpdateParams;
  "DELETE /v1/customers/{id}": Stripe.CustomerDeleteParams;
  "GET /v1/products": Stripe.ProductListParams;
  "GET /v1/prices": Stripe.PriceListParams;
  "GET /v1/prices/{id}": Stripe.PriceRetrieveParams;
  "GET /v1/payment_methods": Stripe.PaymentMethodListParams;
  "GET /v1/payment_methods/{id}": Stripe.PaymentMethodRetrieveParams;
  "POST /v1/payment_methods/{id}/attach": Stripe.PaymentMethodAttachParams;
  "POST /v1/payment_methods/{id}/detach": Stripe.PaymentMethodDetachParams;
  "POST /v1/checkout/sessions": Stripe.Checkout.SessionCreateParams;
  "GET /v1/checkout/sessions": Stripe.Checkout.SessionListParams;
  "GET /v1/checkout/sessions/{id}": Stripe.Checkout.SessionRetrieveParams;
  "POST /v1/checkout/sessions/{id}/expire": Stripe.Checkout.SessionExpireParams;
  "POST /v1/subscriptions": Stripe.SubscriptionCreateParams;
  "GET /v1/subscriptions": Stripe.SubscriptionListParams;
  "GET /v1/subscriptions/{id}": Stripe.SubscriptionRetrieveParams;
  "POST /v1/subscriptions/{id}": Stripe.SubscriptionUpdateParams;
  "DELETE /v1/subscriptions/{id}": Stripe.SubscriptionCancelParams;
  "POST /v1/subscription_items": Stripe.SubscriptionItemCreateParams;
  "GET /v1/subscription_items": Stripe.SubscriptionItemListParams;
  "GET /v1/subscription_items/{id}": Stripe.SubscriptionItemRetrieveParams;
  "POST /v1/subscription_items/{id}": Stripe.SubscriptionItemUpdateParams;
  "DELETE /v1/subscription_items/{id}": Stripe.SubscriptionItemDeleteParams;
  "GET /v1/invoices": Stripe.InvoiceListParams;
  "GET /v1/invoices/{id}": Stripe.InvoiceRetrieveParams;
  "POST /v1/invoices/{id}/pay": Stripe.InvoicePayParams;
  "POST /v1/invoices/create_preview": Stripe.InvoiceCreatePreviewParams;
  "POST /v1/billing_portal/sessions": Stripe.BillingPortal.SessionCreateParams;
  "GET /v1/events": Stripe.EventListParams;
  "GET /v1/events/{id}": Stripe.EventRetrieveParams;
}

export type Route = keyof Requests;
