/** What happens without anybody's request when time passes: periods end, declined invoices are tried again, Checkouts run out. */
import type Stripe from "stripe";
import { periodEnd } from "./calendar.ts";
import { emit, type Moment } from "./call.ts";
import { expireCheckout } from "./checkout.ts";
import { bill } from "./invoice.ts";
import { pendingOf, periodLines } from "./lines.ts";
import { settle } from "./payment.ts";
import { cancel, save } from "./subscription.ts";

/** An unpaid first invoice ends its subscription after 23 hours. */
const FIRST_PAYMENT = 23 * 3_600;

type Due = { readonly at: number; readonly run: (moment: Moment) => unknown };

/** What of everything comes next. */
export function nextDue({ change }: Pick<Moment, "change">): Due | undefined {
  const ofSubscriptions = change.all("subscription").flatMap(dueOf);
  const ofInvoices = change.all("invoice").flatMap((invoice): Due[] => {
    const { next_payment_attempt: at, status } = invoice;
    return status === "open" && at !== null ? [{ at, run: (moment) => tryAgain(moment, invoice.id) }] : [];
  });
  const ofCheckouts = change.all("checkout").flatMap(({ id, session }): Due[] => {
    const { status, expires_at: at } = session;
    return status === "open" ? [{ at, run: (moment) => expireCheckout(moment, id) }] : [];
  });
  return [...ofSubscriptions, ...ofInvoices, ...ofCheckouts].sort((one, other) => one.at - other.at)[0];
}

function dueOf(subscription: Stripe.Subscription): Due[] {
  const { id, status, created, items, pause_collection: pause } = subscription;
  if (status === "incomplete")
    return [{ at: created + FIRST_PAYMENT, run: (moment) => expire(moment, subscription) }];
  if (status !== "active" && status !== "past_due") return [];
  const end = items.data[0]?.current_period_end;
  const resumes = pause?.resumes_at;
  return [
    ...(end === undefined ? [] : [{ at: end, run: (moment: Moment) => roll(moment, id) }]),
    ...(resumes
      ? [{ at: resumes, run: (moment: Moment) => save(moment, { ...subscription, pause_collection: null }) }]
      : []),
  ];
}

/** Ends a period: the subscription ends with it, or begins the next and is billed for it. */
function roll(moment: Moment, id: string): void {
  const { change } = moment;
  const before = change.get("subscription", id);
  const [first] = before?.items.data ?? [];
  if (!before || !first) return;
  const start = first.current_period_end;
  if (before.cancel_at !== null && before.cancel_at <= start) return void cancel(moment, before, start);
  const end = periodEnd(before.billing_cycle_anchor, first.price.recurring?.interval ?? "month", start);
  const data = before.items.data.map((item) => ({
    ...{ ...item, current_period_start: start, current_period_end: end },
  }));
  const subscription = { ...before, items: { ...before.items, data } };
  const waiting = pendingOf(change, id);
  for (const line of waiting) change.remove("pending_line", line.id);
  const invoice = bill(moment, {
    ...{ subscription, lines: [...waiting, ...periodLines(subscription)], reason: "subscription_cycle" },
    period: { start: first.current_period_start, end: start },
  });
  save(moment, collected(moment, invoice, subscription));
}

/** While collection is paused, invoices are made and not charged. */
function collected(moment: Moment, invoice: Stripe.Invoice, subscription: Stripe.Subscription) {
  const { behavior } = subscription.pause_collection ?? {};
  if (!behavior) return settle(moment, invoice, subscription);
  const statuses = { keep_as_draft: "draft", mark_uncollectible: "uncollectible", void: "void" } as const;
  const status = statuses[behavior as keyof typeof statuses];
  moment.change.put("invoice", { ...invoice, status });
  return { ...subscription, latest_invoice: invoice.id };
}

function tryAgain(moment: Moment, id: string): void {
  const invoice = moment.change.get("invoice", id);
  const of = invoice?.parent?.subscription_details?.subscription as string;
  const subscription = moment.change.get("subscription", of);
  if (!invoice || !subscription) return;
  if (subscription.status === "canceled")
    moment.change.put("invoice", { ...invoice, next_payment_attempt: null });
  else save(moment, settle(moment, invoice, subscription));
}

function expire(moment: Moment, subscription: Stripe.Subscription): void {
  const expired: Stripe.Subscription = {
    ...subscription,
    status: "incomplete_expired",
    ended_at: moment.now,
  };
  moment.change.put("subscription", expired);
  emit(moment, "customer.subscription.updated", expired);
}
