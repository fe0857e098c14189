/** The requests about invoices. */
import { page, type Routes } from "./call.ts";
import { settle } from "./payment.ts";
import { preview } from "./preview.ts";
import { invalid, missing } from "./problem.ts";
import { save } from "./subscription.ts";

export const invoiceRoutes = {
  "GET /v1/invoices": {
    honours: ["customer", "subscription", "limit", "starting_after"],
    run({ change, params: { customer, subscription, ...params } }) {
      const found = change.all("invoice").filter((invoice) => {
        const of = invoice.parent?.subscription_details?.subscription;
        return (!customer || invoice.customer === customer) && (!subscription || of === subscription);
      });
      return page(found, "/v1/invoices", params);
    },
  },
  "GET /v1/invoices/{id}": {
    honours: [],
    run({ change, id }) {
      const invoice = change.get("invoice", id);
      if (!invoice) throw missing("invoice", id);
      return invoice;
    },
  },
  "POST /v1/invoices/{id}/pay": {
    honours: [],
    run(call) {
      const invoice = call.change.get("invoice", call.id);
      if (!invoice) throw missing("invoice", call.id);
      if (invoice.status !== "open") throw invalid("Invoice is already paid");
      const id = invoice.parent?.subscription_details?.subscription as string;
      const subscription = call.change.get("subscription", id);
      if (!subscription) throw missing("subscription", id);
      save(call, settle(call, invoice, subscription, true));
      return call.change.get("invoice", call.id) ?? invoice;
    },
  },
  "POST /v1/invoices/create_preview": {
    honours: [
      ...[
        "subscription",
        "customer",
        "subscription_details.items.*.id",
        "subscription_details.items.*.price",
      ],
      ...["subscription_details.items.*.quantity", "subscription_details.items.*.deleted"],
      ...["subscription_details.proration_behavior", "subscription_details.proration_date"],
    ],
    run: preview,
    imagined: true,
  },
} satisfies Partial<Routes>;
