import { ArnFormat, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { BillingSettings } from "../shared/domain/billing-settings.ts";
import type { Config } from "./config.ts";
import type { Destination } from "./policy.ts";

/** Stripe's key and the webhooks' secret, which a person has put into Secrets Manager; functions are told its name. */
export function stripeSecret(scope: Construct, billing: Config["billing"]): Destination {
  if (!billing) return { arns: [], environment: {} };
  // Secrets Manager appends six characters of its own to a name.
  const resourceName = `${billing.secret}-??????`;
  const place = { service: "secretsmanager", resource: "secret", resourceName };
  const arn = Stack.of(scope).formatArn({ ...place, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return { arns: [arn], environment: { STRIPE_SECRET: billing.secret } };
}

/** What functions are told of the billing; null where nothing is billed. */
export function billingSettings(billing: Config["billing"]): BillingSettings | null {
  if (!billing) return null;
  const { secret: _, ...settings } = billing;
  return settings;
}
