import * as z from "zod/mini";
import type { availablePlans } from "../../billing/plans.ts";
import { lazily, type Of } from "./lazily.ts";

const nullable = z.nullable;

export const PlanResponse = lazily(() =>
  z.strictObject({
    billingPlan: z.enum(["Annual", "Monthly"]),
    licensePriceId: z.string(),
    basePriceId: nullable(z.string()),
    currency: nullable(z.string()),
    licenseAmount: nullable(z.number()),
    baseAmount: nullable(z.number()),
  }),
);

type Plan = Awaited<ReturnType<typeof availablePlans.run>>[0];

export function planResponse([billingPlan, { license, base, amounts }]: Plan): Of<typeof PlanResponse> {
  return {
    billingPlan,
    licensePriceId: license,
    basePriceId: base ?? null,
    currency: amounts?.currency ?? null,
    licenseAmount: amounts?.license ?? null,
    baseAmount: amounts?.base ?? null,
  };
}
