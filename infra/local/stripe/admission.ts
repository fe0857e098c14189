/** Who may ask, in which version of the API, and for what. */
import { apiVersion } from "../../../shared/billing/gateway.ts";
import type { Incoming } from "./http-messages.ts";
import { invalid, Problem } from "./problem.ts";
import { routes } from "./routes.ts";

export function authorize(headers: Incoming["headers"], secretKey: string): void {
  const [scheme, key] = String(headers.authorization ?? "").split(" ");
  const basic = Buffer.from(key ?? "", "base64")
    .toString()
    .split(":")[0];
  if ((scheme === "Basic" ? basic : key) !== secretKey)
    throw new Problem(401, { type: "invalid_request_error", message: "Invalid API Key provided." });
  const version = headers["stripe-version"];
  if (version !== apiVersion)
    throw invalid(`The local Stripe speaks version ${apiVersion} only, not ${version ?? "your account's"}.`);
}

/** Stripe's answer to an address that it doesn't have, with those that there are. */
export function unrecognized(method: string, path: string): Problem {
  const message = `Unrecognized request URL (${method}: ${path}). The local Stripe has: ${Object.keys(routes).join(", ")}`;
  return new Problem(404, { type: "invalid_request_error", message });
}
