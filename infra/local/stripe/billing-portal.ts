/** The billing portal: links to it, which lead to a page of the run, and what a customer does there. */
import type Stripe from "stripe";
import { emit, type Moment, newId, type Routes } from "./call.ts";
import { attachCard } from "./cards.ts";
import { customerOf } from "./customers.ts";
import { save } from "./subscription.ts";

/** Another card, by which everything of the customer is paid from now on. */
export function payBy(moment: Moment, customerId: string, name: string): Stripe.PaymentMethod {
  const { change } = moment;
  const method = attachCard(moment, name, customerId);
  const customer = customerOf(change, customerId);
  const settings = { ...customer.invoice_settings, default_payment_method: method.id };
  const changed = { ...customer, invoice_settings: settings };
  change.put("customer", changed);
  emit(moment, "customer.updated", changed);
  for (const subscription of change.all("subscription"))
    if (subscription.customer === customerId && subscription.status !== "canceled")
      save(moment, { ...subscription, default_payment_method: method.id });
  return method;
}

export const portalRoutes = {
  "POST /v1/billing_portal/sessions": {
    honours: ["customer", "return_url"],
    run({ change, params, now, pages }) {
      const { customer = "", return_url = null } = params;
      customerOf(change, customer, "customer", 400);
      const session: Stripe.BillingPortal.Session = {
        ...{ id: newId("bps"), object: "billing_portal.session", created: now, livemode: false, customer },
        ...{ configuration: "bpc_local", customer_account: null, flow: null, locale: null },
        ...{
          on_behalf_of: null,
          return_url,
          url: `${pages}/stripe?${new URLSearchParams({ customer, back: return_url ?? "" })}`,
        },
      };
      return session;
    },
  },
} satisfies Partial<Routes>;
