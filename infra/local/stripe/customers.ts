/** Customers, and how they are made and changed. */
import type Stripe from "stripe";
import { type Call, emit, mergeMetadata, newId } from "./call.ts";
import { missing } from "./problem.ts";
import type { Change } from "./store.ts";

/** A customer that is there and not deleted. */
export function customerOf(change: Change, id: string, param = "id", status = 404): Stripe.Customer {
  const customer = change.get("customer", id);
  if (!customer || customer.deleted) throw missing("customer", id, param, status);
  return customer;
}

type Params = Pick<Stripe.CustomerUpdateParams, "name" | "email" | "metadata" | "invoice_settings">;

function withParams(customer: Stripe.Customer, params: Params, change: Change): Stripe.Customer {
  const { name, email, metadata, invoice_settings: settings } = params;
  const method = settings?.default_payment_method;
  if (method && change.get("payment_method", method)?.customer !== customer.id)
    throw missing("PaymentMethod", method, "invoice_settings[default_payment_method]", 400);
  return {
    ...customer,
    ...(name !== undefined && { name: name || null }),
    ...(email !== undefined && { email: email || null }),
    ...(metadata !== undefined && { metadata: mergeMetadata(customer.metadata, metadata) }),
    ...(method !== undefined && {
      invoice_settings: { ...customer.invoice_settings, default_payment_method: method || null },
    }),
  };
}

export function create(call: Call<"POST /v1/customers">): Stripe.Customer {
  const blank: Stripe.Customer = {
    ...{ id: newId("cus"), object: "customer", created: call.now, livemode: false, metadata: {} },
    ...{ balance: 0, currency: null, default_source: null, description: null, email: null, shipping: null },
    ...{ name: null, delinquent: false, tax_exempt: "none", test_clock: null },
    invoice_settings: {
      ...{ custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    },
  };
  const customer = withParams(blank, call.params, call.change);
  call.change.put("customer", customer);
  emit(call, "customer.created", customer);
  return customer;
}

export function update(call: Call<"POST /v1/customers/{id}">): Stripe.Customer {
  const customer = withParams(customerOf(call.change, call.id), call.params, call.change);
  call.change.put("customer", customer);
  emit(call, "customer.updated", customer);
  return customer;
}
