/** The kinds of event by which Stripe says that something about a customer's bill has changed. */
const news = [
  "customer.subscription.",
  "customer.updated",
  "customer.deleted",
  "invoice.",
  "payment_method.",
];

/** Whether an event is a reason to read Stripe. */
export function isNews(type: string): boolean {
  return news.some((kind) => type.startsWith(kind));
}
