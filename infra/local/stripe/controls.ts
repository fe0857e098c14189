/** What a developer sees of the local Stripe, and does to it: `/_local/stripe…`. */
import { z } from "zod";
import { BadRequest, check, type Operation } from "../control.ts";
import { testCards } from "./cards.ts";
import { Faults } from "./faults.ts";
import { writeForm } from "./form.ts";
import { Problem } from "./problem.ts";
import type { LocalStripe } from "./stripe.ts";

const card = z.enum(Object.keys(testCards)).default("pm_card_visa");

/** What somebody does on Stripe's own pages. */
const Pay = z.strictObject({ session: z.string(), card });
const PayBy = z.strictObject({ customer: z.string(), card });
/** Any request, as the dashboard makes it: `{"request": "POST /v1/…", "params": {"quantity": 3}}`. */
const Request = z.strictObject({
  request: z.string().regex(/^(GET|POST|DELETE) \/v1\//, 'such as "POST /v1/subscriptions/sub_…"'),
  params: z.record(z.string(), z.json()).default({}),
});
const Resend = z.strictObject({ event: z.string(), times: z.int().min(1).max(10_000).default(1) });

export function stripeControls(stripe: LocalStripe): Record<string, Operation> {
  return {
    "GET /_local/stripe": stripe.seen,
    "GET /_local/stripe/faults": stripe.faults.now,
    "POST /_local/stripe/faults": (body) => stripe.break(check(Faults, body)),
    "POST /_local/stripe/checkout": (body) => {
      const { session, card } = check(Pay, body);
      return explained(() => stripe.checkout(session, card));
    },
    "POST /_local/stripe/card": (body) => {
      const { customer, card } = check(PayBy, body);
      return explained(() => stripe.card(customer, card));
    },
    "POST /_local/stripe/requests": async (body) => {
      const { request, params } = check(Request, body);
      const answer = await stripe.dashboard(request, writeForm(params));
      if (answer?.status === 200) return answer.body;
      throw new BadRequest(
        answer ? JSON.stringify(answer.body) : "Stripe closed the connection, on purpose.",
      );
    },
    "POST /_local/stripe/events": (body) => {
      const { event, times } = check(Resend, body);
      return explained(() => {
        stripe.resend(event, times);
        return { event, times };
      });
    },
  };
}

function explained<Result>(make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    throw error instanceof Problem ? new BadRequest(error.message) : error;
  }
}
