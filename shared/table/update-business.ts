import {
  BusinessNotFound,
  Busy,
  Failed,
  Forbidden,
  ParentNotFound,
  ParentNotPossible,
} from "../domain/failures.ts";
import type { Context, Operation } from "../operation.ts";
import {
  type BusinessChanges,
  type BusinessItem,
  type BusinessState,
  businessById,
  unsaid,
} from "./businesses.ts";
import { commit, commitUnchanged } from "./commit.ts";
import { differing } from "./differing.ts";
import { businessEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import { changesPlace, ownedBy, placing } from "./hierarchy.ts";
import { callerMay, type Member } from "./members.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";

/** Changes the profile of the caller's business and answers what is stored then. What is so already is no change. */
export const updateBusiness = {
  name: "updateBusiness",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
      partitions: ["BUSINESS"],
    },
  ],
  fails: [BusinessNotFound, ParentNotFound, ParentNotPossible, Forbidden, Busy],
  async run(context: Context, caller: Member, wanted: BusinessChanges): Promise<BusinessState> {
    const { businessId, userId } = caller;
    return decideAnew(context, async () => {
      const found = await businessById.run(context, businessId);
      const changes: BusinessChanges = differing(wanted, found.business, unsaid);
      const fields = Object.keys(changes);
      if (fields.length === 0) {
        await commitUnchanged(context, [callerMay(caller)], { businessId });
        return found;
      }
      const isOwners = changesPlace(found.business, changes);
      if (isOwners && (await caller.membership()).access !== "owner") throw new Failed(Forbidden);
      const place = await placing(context, userId, found.business, changes);
      const set = { ...changes, ...place.set, modifiedAt: context.now, version: found.business.version + 1 };
      await commit(
        context,
        [
          isOwners ? ownedBy(userId, businessId, Forbidden) : callerMay(caller),
          {
            update: key.business(businessId),
            ...setOrRemove(set),
            when: { version: found.business.version, ...place.when },
            orElse: changedMeanwhile,
          },
          ...place.writes,
          businessEvent(context, businessId, {
            type: "business.updated",
            actorUserId: userId,
            subjectId: businessId,
            fields,
          }),
        ],
        { businessId },
      );
      return { ...found, business: { ...found.business, ...set } as BusinessItem };
    });
  },
} satisfies Operation;
