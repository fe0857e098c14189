import type Stripe from "stripe";
import { ask } from "./ask-stripe.ts";
import type { Answer, Bounded, Preview, PreviewRequest, ProrationBehavior } from "./gateway.ts";

/**
 * What a quantity would cost. What the rest of the period adds is the difference that prorating makes, by Stripe's
 * own totals: an invoice shows only the first of its lines, and among them are those of earlier changes.
 */
export async function previewInvoice(request: PreviewRequest, bounded: Bounded): Promise<Answer<Preview>> {
  const { prorationBehavior: behavior } = request;
  const [prorated, plain] = await Promise.all([
    behavior === "none" ? undefined : previewed(request, behavior, bounded),
    previewed(request, "none", bounded),
  ]);
  if (!plain.ok) return plain;
  if (!prorated) return { ...plain, value: { ...sums(plain.value), dueNow: 0, prorations: 0 } };
  if (!prorated.ok) return prorated;
  const atOnce = behavior === "always_invoice";
  const total = prorated.value?.total ?? 0;
  const value: Preview = {
    ...sums(atOnce ? plain.value : prorated.value),
    currency: (prorated.value ?? plain.value)?.currency ?? null,
    dueNow: atOnce ? (prorated.value?.amount_due ?? 0) : 0,
    prorations: atOnce ? total : total - (plain.value?.total ?? 0),
  };
  return { ...plain, value };
}

/** Null where no invoice is to come. With `always_invoice` Stripe shows the invoice that the change makes at once, otherwise the next one. */
async function previewed(
  { subscriptionId, item, quantity, at }: PreviewRequest,
  proration_behavior: ProrationBehavior,
  bounded: Bounded,
): Promise<Answer<Stripe.Invoice | null>> {
  const changed = "id" in item ? { id: item.id, quantity } : { price: item.priceId, quantity };
  const prorated = proration_behavior !== "none" && { proration_date: Math.floor(at / 1000) };
  const subscription_details = { items: [changed], proration_behavior, ...prorated };
  const answer = await ask(
    bounded,
    (stripe, options) =>
      stripe.invoices.createPreview({ subscription: subscriptionId, subscription_details }, options),
    (invoice) => invoice,
  );
  if (answer.ok || answer.code !== "invoice_upcoming_none") return answer;
  return { ok: true, value: null, replayed: answer.replayed, requestId: answer.requestId };
}

function sums(invoice: Stripe.Invoice | null) {
  if (!invoice) return { currency: null, nextInvoice: null };
  const { currency, amount_due: amount, period_end } = invoice;
  return { currency, nextInvoice: { amount, at: period_end * 1000 } };
}
