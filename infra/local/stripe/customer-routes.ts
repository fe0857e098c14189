/** The requests about customers. */
import { emit, type Routes } from "./call.ts";
import { create, customerOf, update } from "./customers.ts";
import { missing } from "./problem.ts";
import { search } from "./search.ts";
import { cancel } from "./subscription.ts";

export const customerRoutes = {
  "POST /v1/customers": { honours: ["name", "email", "metadata"], run: create },
  "GET /v1/customers/search": {
    honours: ["query", "limit"],
    run: ({ change, params, now }) => search("/v1/customers/search", change.all("customer"), params, now),
  },
  "GET /v1/customers/{id}": {
    honours: [],
    run({ change, id }) {
      const customer = change.get("customer", id);
      if (!customer) throw missing("customer", id);
      return customer;
    },
  },
  "POST /v1/customers/{id}": {
    honours: ["name", "email", "metadata", "invoice_settings.default_payment_method"],
    run: update,
  },
  "DELETE /v1/customers/{id}": {
    honours: [],
    run(call) {
      const customer = customerOf(call.change, call.id);
      const deleted = { id: customer.id, object: "customer", deleted: true } as const;
      call.change.put("customer", deleted);
      for (const subscription of call.change.all("subscription"))
        if (subscription.customer === customer.id && subscription.status !== "canceled")
          cancel(call, subscription);
      emit(call, "customer.deleted", customer);
      return deleted;
    },
  },
} satisfies Partial<Routes>;
