/** All routes of the local Stripe, and which of them a request is for. */
import { portalRoutes } from "./billing-portal.ts";
import type { Routes } from "./call.ts";
import { cardRoutes } from "./cards.ts";
import { checkoutRoutes } from "./checkout.ts";
import { customerRoutes } from "./customer-routes.ts";
import { eventRoutes } from "./events.ts";
import { invoiceRoutes } from "./invoice-routes.ts";
import { priceRoutes } from "./prices.ts";
import type { Route } from "./requests.ts";
import { subscriptionRoutes } from "./subscription-routes.ts";

export const routes: Routes = {
  ...customerRoutes,
  ...priceRoutes,
  ...cardRoutes,
  ...checkoutRoutes,
  ...portalRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...eventRoutes,
};

export interface Found {
  readonly route: Route;
  readonly id: string;
}

const patterns = (Object.keys(routes) as Route[])
  // "create_preview" is no id: what names itself comes first.
  .sort((one, other) => Number(one.includes("{")) - Number(other.includes("{")))
  .map((route) => ({ route, pattern: new RegExp(`^${route.replace("{id}", "([^/]+)")}$`) }));

export function find(method: string, path: string): Found | undefined {
  for (const { route, pattern } of patterns) {
    const match = pattern.exec(`${method} ${path}`);
    if (match) return { route, id: decodeURIComponent(match[1] ?? "") };
  }
  return undefined;
}
