import type { Ledger } from "../domain/ledger.ts";
import type { Context, Operation } from "../operation.ts";
import { countAll } from "./query.ts";
import { key } from "./schema.ts";

/** Who holds a license of a business, counted: a query of all of its members and invitations. */
export const countHolders = {
  name: "countHolders",
  needs: [{ actions: ["dynamodb:Query"], partitions: ["BUSINESS"] }],
  async run(context: Context, businessId: string): Promise<Pick<Ledger, "seats" | "openInvitations">> {
    const { pk } = key.business(businessId);
    const [members, openInvitations] = await Promise.all([
      countAll(context, { pk, prefix: "MEMBER#", filter: { state: "Active" } }),
      countAll(context, { pk, prefix: "INVITATION#", filter: { state: "Pending" } }),
    ]);
    return { seats: members + openInvitations, openInvitations };
  },
} satisfies Operation;
