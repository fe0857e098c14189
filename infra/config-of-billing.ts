/** What a stage says of billing. */
import * as z from "zod";

const price = z.string().regex(/^price_\w+$/, "must be the id of a price at Stripe, such as price_1Nv0");
const prices = {
  /** The price of one license. */
  license: price,
  /** The price of the plan itself, where it has one. */
  base: price.optional(),
};
const Plan = z.strictObject({
  ...prices,
  /** The prices that it had before, and that subscriptions of then still have. */
  formerPrices: z.array(z.strictObject(prices)).optional(),
  /** What GET /plans says that they cost, in the currency's smallest unit. */
  amounts: z
    .strictObject({
      currency: z.string().regex(/^[a-z]{3}$/, "must be a currency such as usd"),
      license: z.int().min(0),
      base: z.int().min(0).optional(),
    })
    .optional(),
});

type Prices = z.infer<typeof Plan>;

/** What a price is, such as Annual's license; a subscription's plan and its item for licenses are told by them. */
function usesOf(plans: Readonly<Record<string, Prices>>): [price: string, use: string][] {
  return Object.entries(plans).flatMap(([name, plan]) =>
    [plan, ...(plan.formerPrices ?? [])].flatMap(({ license, base }): [string, string][] => [
      [license, `${name}'s license`],
      ...(base ? [[base, `${name}'s base`] as [string, string]] : []),
    ]),
  );
}

/** A price that means two things, with both of them. */
function ambiguous(plans: Readonly<Record<string, Prices>>): string | undefined {
  const known = new Map<string, string>();
  for (const [price, use] of usesOf(plans)) {
    const other = known.get(price) ?? use;
    if (other !== use) return `${price} is ${other} and ${use}: a price must be one of them`;
    known.set(price, use);
  }
  return undefined;
}

export const Billing = z.strictObject({
  /** The secret in Secrets Manager that holds `{"apiKey": "sk_…", "webhookSecret": "whsec_…"}`. */
  secret: z.string().regex(/^[\w/+=.@-]{1,256}$/, "must be the name of a secret in Secrets Manager"),
  /** The prices that a business chooses from. */
  plans: z.strictObject({ Annual: Plan, Monthly: Plan }).check(({ value, issues }) => {
    const message = ambiguous(value);
    if (message) issues.push({ code: "custom", input: value, message });
  }),
  /** Where Stripe's pages lead back to. */
  returnUrl: z
    .string()
    .regex(
      /^(https:\/\/|http:\/\/localhost(:\d+)?(\/|$))/,
      "must be a page such as https://app.example.com/billing",
    ),
  /** What Stripe does about the rest of a period when the number of licenses changes. */
  prorationBehavior: z.enum(["create_prorations", "always_invoice", "none"]).default("create_prorations"),
  /** "report" changes nothing at Stripe and reports every difference: for the time after a restore. */
  mode: z.enum(["apply", "report"]).optional(),
});
