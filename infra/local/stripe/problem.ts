/** What the local Stripe refuses a request with: the status and the error object of Stripe's API. */
import type Stripe from "stripe";

export interface ErrorObject {
  readonly type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
}

export class Problem extends Error {
  readonly status: number;
  readonly error: ErrorObject;

  constructor(status: number, { message, ...error }: ErrorObject) {
    super(message);
    this.status = status;
    this.error = { ...error, message };
  }
}

export function invalid(message: string, param?: string, code?: string): Problem {
  const error = { type: "invalid_request_error", message } as const;
  return new Problem(400, { ...error, ...(param && { param }), ...(code && { code }) });
}

/** Stripe's answer to the id of something that it doesn't have; `status` is 400 where the id isn't in the path. */
export function missing(what: string, id: string, param = "id", status = 404): Problem {
  const message = `No such ${what}: '${id}'`;
  return new Problem(status, { type: "invalid_request_error", code: "resource_missing", param, message });
}

/** Stripe's answer where no invoice is to come, such as that of a subscription that ends with its period. */
export function noneUpcoming(customer: string): Problem {
  const message = `No upcoming invoices for customer: ${customer}`;
  return new Problem(404, { type: "invalid_request_error", code: "invoice_upcoming_none", message });
}

export function declined(reason: string): Problem {
  const error = { type: "card_error", code: "card_declined", decline_code: reason } as const;
  return new Problem(402, { ...error, message: "Your card was declined." });
}

export function limited(message: string): Problem {
  return new Problem(429, { type: "invalid_request_error", code: "rate_limit", message });
}

export function listOf<T>(url: string, data: T[], more = false): Stripe.ApiList<T> {
  return { object: "list", data, has_more: more, url };
}
