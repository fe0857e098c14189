import { availablePlans } from "../../shared/billing/plans.ts";
import { signedIn } from "../../shared/endpoint/caller.ts";
import { endpoint } from "../../shared/endpoint/endpoint.ts";
import { lambda } from "../../shared/endpoint/lambda.ts";
import { listOf } from "../../shared/endpoint/wire/lazily.ts";
import { PlanResponse, planResponse } from "../../shared/endpoint/wire/plan.ts";

/** Lists the plans that a business can pay for, and their prices; none where nothing is billed. */
export const listPlans = endpoint(
  {
    route: "GET /plans",
    caller: signedIn,
    returns: { 200: listOf(PlanResponse) },
    fails: [],
    uses: { availablePlans },
  },
  async ({ uses }) => ({ status: 200, body: (await uses.availablePlans()).map(planResponse) }),
);

export const handler = lambda(listPlans);
