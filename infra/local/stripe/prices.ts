/** Products and prices, which never change. */
import type Stripe from "stripe";
import { page, type Routes } from "./call.ts";
import { catalogue } from "./catalogue.ts";
import { missing } from "./problem.ts";

export function priceOf(id: string, param = "price", status = 400): Stripe.Price {
  const price = catalogue.prices.find((one) => one.id === id);
  if (!price) throw missing("price", id, param, status);
  return price;
}

export const priceRoutes = {
  "GET /v1/products": {
    honours: ["limit", "starting_after"],
    run: ({ params }) => page(catalogue.products, "/v1/products", params),
  },
  "GET /v1/prices": {
    honours: ["limit", "starting_after"],
    run: ({ params }) => page(catalogue.prices, "/v1/prices", params),
  },
  "GET /v1/prices/{id}": { honours: [], run: ({ id }) => priceOf(id, "price", 404) },
} satisfies Partial<Routes>;
